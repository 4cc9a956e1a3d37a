"""One multi-prize ticket in training: scores choose among frozen random weights."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from core.errors import InputError
from core.vision.augmentation import augmentation_named
from core.vision.masks import Masks, Scope, apply_masks, prunable_weights
from core.vision.memory_layout import choose_layout
from core.vision.precision import autocast, used_precision
from core.vision.pruning import recorded_options
from core.vision.repeated_ranking import RepeatedRanking
from core.vision.subnetwork import (
    binarised,
    effective_weights,
    first_scores,
    freeze_the_rest,
    random_weights,
    signs_of,
)
from core.vision.ticket_settings import TicketSettings, eased_ratio
from core.vision.training_data import TrainingData

SEED_STRIDE = 1_000_003  # epochs of neighbouring seeds draw from different streams
SEEDS_A_TICKET = 3  # weights, scores and a dense classifier each draw from a stream of their own


class Ticket:
    """One network in training: frozen weights, their scores, the optimiser of the scores."""

    def __init__(
        self,
        network: nn.Module,
        training: TrainingData,
        *,
        ratio: float,
        scope: Scope,
        seed: int,
        include_classifier: bool,
        settings: TicketSettings,
        classifier: str | None = None,
    ) -> None:
        self.training = training
        self.device = device = torch.device(training.device)
        self.precision = used_precision(settings.precision, device)
        self.cuda_devices = [device] if device.type == "cuda" else []
        self.network = network.to(device)
        self.ratio, self.scope, self.seed, self.settings = ratio, scope, seed, settings
        prunable = prunable_weights(
            network, include_classifier=include_classifier, classifier=classifier
        )
        freeze_the_rest(network, prunable, affine=settings.affine_batch_norm)
        if not include_classifier:
            self._start_dense_classifier(classifier)
        self._weight_count = sum(weight.numel() for weight in prunable.values())
        share = 1 - ratio if settings.fan == "kept" else ratio
        kept_share = max(share, 1 / self._weight_count) if settings.scale_fan else 1.0
        shapes = {name: weight.shape for name, weight in prunable.items()}
        drawn = random_weights(shapes, kept_share=kept_share, seed=SEEDS_A_TICKET * self.seed)
        self.weights = {name: weight.to(device) for name, weight in drawn.items()}
        self.signs = signs_of(self.weights)
        self.ranking = RepeatedRanking(ratio, scope=scope, floor_per_unit=settings.floor_per_unit)
        self.scores = {
            name: score.to(device).requires_grad_(True)
            for name, score in first_scores(
                shapes, seed=SEEDS_A_TICKET * self.seed + 1, by_fan=settings.score_init == "fan"
            ).items()
        }
        trained = [*self.scores.values(), *(p for p in network.parameters() if p.requires_grad)]
        self.optimiser = _optimiser(trained, settings)
        example, _ = next(training.batches(batch_count=1, batch_size=2))
        self.layout = choose_layout(network, example)
        self.last_loss = math.nan

    def _start_dense_classifier(self, name: str | None) -> None:
        if name is None:
            *_, weight_name = prunable_weights(self.network)
            name = weight_name.rpartition(".")[0]
        classifier = self.network.get_submodule(name)
        generator = torch.Generator().manual_seed(SEEDS_A_TICKET * self.seed + 2)
        for parameter in classifier.parameters():
            parameter.requires_grad_(True)
            bound = 1 / math.sqrt(parameter[0].numel())
            drawn = (2 * torch.rand(parameter.shape, generator=generator) - 1) * bound
            parameter.data.copy_(drawn if parameter.ndim > 1 else torch.zeros_like(drawn))

    def masks(self) -> Masks:
        """Masks of the present scores: the highest |s|, and with a floor the best of every unit."""
        return self.ranking.masks({n: score.detach().abs() for n, score in self.scores.items()})

    def _weights_at(self, ratio: float) -> dict[str, Tensor]:
        """The weights, drawn for the share that stays in the end, as if for the present one.

        While more stay, every layer would give more than it got, which in a network without
        batch norm multiplies up and kills its ReLUs.
        """
        drawn_for_end = self.settings.scale_fan and self.settings.fan == "kept"
        if ratio == self.ratio or not drawn_for_end:
            return self.weights
        factor = math.sqrt(max(1 - self.ratio, 1 / self._weight_count) / (1 - ratio))
        return {name: weight * factor for name, weight in self.weights.items()}

    def train_epoch(self, epoch: int) -> None:
        """One pass over the training images."""
        settings = self.settings
        self.ranking.ratio = eased_ratio(self.ratio, epoch, settings.ease_epochs)
        weights = self._weights_at(self.ranking.ratio)
        seed = self.seed * SEED_STRIDE + epoch
        torch.manual_seed(seed)  # dropout
        self.network.train()
        step_count = self.training.steps_per_epoch(settings.batch_size)
        batches = self.training.epoch(
            batch_size=settings.batch_size,
            augmentation=augmentation_named(settings.augmentation),
            generator=torch.Generator().manual_seed(seed),
        )
        for step, (images, labels) in enumerate(batches):
            progress = (epoch + step / step_count) / settings.epochs
            for group in self.optimiser.param_groups:
                group["lr"] = settings.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))
            effective = effective_weights(self.scores, weights, self.signs, self.masks())
            images = images.contiguous(memory_format=self.layout)  # noqa: PLW2901
            with autocast(self.precision, self.device):
                logits = torch.func.functional_call(self.network, effective, (images,))
                loss = functional.cross_entropy(logits, labels)
            self.optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            self.optimiser.step()
            self.last_loss = float(loss.detach())
            total_score = float(sum(score.detach().sum() for score in self.scores.values()))
            if not math.isfinite(self.last_loss + total_score):
                raise InputError(
                    f"expected finite loss and scores of multi_prize, found loss {self.last_loss} "
                    f"in epoch {epoch + 1} with learning rate {settings.learning_rate}: a smaller "
                    "one may help"
                )

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on after an epoch."""
        return {
            "scores": {name: score.detach() for name, score in self.scores.items()},
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "last_loss": self.last_loss,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a state that `state` gave."""
        with torch.no_grad():
            for name, score in self.scores.items():
                score.copy_(state["scores"][name])
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.last_loss = state["last_loss"]

    def identity(self) -> str:
        """SHA-256 of all that decides the result."""
        digest = hashlib.sha256()
        known = {
            "settings": recorded_options(self.settings),
            "precision": self.precision,
            "ratio": self.ratio,
            "scope": self.scope,
            "seed": self.seed,
            "normalisation": asdict(self.training.normalisation),
            "weights": {name: tuple(weight.shape) for name, weight in self.weights.items()},
            "network": str(self.network),
        }
        digest.update(json.dumps(known, sort_keys=True).encode())
        for rows in (self.training.images.sample_ids, self.training.images.labels):
            digest.update(np.ascontiguousarray(rows).tobytes())
        return digest.hexdigest()

    @torch.no_grad()
    def fold(self) -> tuple[Masks, dict[str, float]]:
        """Write the effective weights into the network, in eval mode; its masks and scales α."""
        masks = self.masks()
        parameters = dict(self.network.named_parameters())
        for name, mask in masks.items():
            parameters[name].copy_(binarised(self.weights[name], self.signs[name], mask))
        apply_masks(self.network, masks)
        for parameter in parameters.values():
            parameter.requires_grad_(True)
        self.network.eval()
        self.network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
        return masks, {name: float(parameters[name].abs().max()) for name in masks}


def _optimiser(trained: list[nn.Parameter | Tensor], settings: TicketSettings) -> Optimizer:
    if settings.optimiser == "adam":
        return torch.optim.Adam(trained, lr=settings.learning_rate, fused=True)
    return torch.optim.SGD(
        trained,
        lr=settings.learning_rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
    )
