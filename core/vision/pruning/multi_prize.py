"""Multi-prize tickets (biprop): subnetworks of random, frozen, binarised weights.

The network given only says which architecture to fill: its weights are drawn anew. So ratio 0 is
no dense baseline, accuracy need not fall with the ratio, and the paper's `prune_rate`, which is
the share KEPT, is 1 - ratio here.
"""

import copy
import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn
from torch.nn import functional

from core.vision.augmentation import augmentation_named
from core.vision.errors import InputError
from core.vision.masks import (
    Masks,
    apply_masks,
    best_of_each_unit,
    kept_count,
    masks_from_scores,
    prunable_weights,
    removed_count,
)
from core.vision.pruning import Pruned, Request
from core.vision.subnetwork import (
    binarised,
    effective_weights,
    first_scores,
    freeze_the_rest,
    layer_scale,
    random_weights,
)

SEED_STRIDE = 1_000_003  # epochs of neighbouring seeds draw from different streams


@dataclass(frozen=True)
class Options:
    """How the scores are trained.

    Attributes:
        epochs: passes over the training images, for every ratio.
        batch_size: images a step.
        learning_rate: Adam's first one, scores starting in -1..1; it falls to 0 along a cosine.
        augmentation: a name of core.vision.augmentation.
        affine_batch_norm: train scale and shift of norms; otherwise they have none.
        scale_fan: draw the weights for the share that is kept, see `random_weights`.
        threads: CPU threads; a fixed number keeps the masks the same on every machine.
    """

    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 0.02
    augmentation: str = "none"
    affine_batch_norm: bool = False
    scale_fan: bool = True
    threads: int = 1
    reads_training_data: ClassVar[bool] = True

    def __post_init__(self) -> None:
        augmentation_named(self.augmentation)
        for key, low in (("epochs", 1), ("batch_size", 2), ("learning_rate", 0), ("threads", 1)):
            if not low <= getattr(self, key) < math.inf:
                raise InputError(
                    f"expected {key} of multi_prize to be at least {low}, "
                    f"found {getattr(self, key)}"
                )


def prune(network: nn.Module, request: Request) -> Iterator[Pruned]:
    """Train a ticket for each ratio, all from the same random weights and scores.

    Every output unit keeps one weight at least, so the sparsity got is a little below the ratio
    where the ratio asks for more.

    Yields:
        Networks of the same architecture with the effective weights α · sign(W) · m folded in.
    """
    epochs = request.options.epochs
    for index, ratio in enumerate(request.ratios):
        ticket = _Ticket(copy.deepcopy(network), ratio, request)
        threads = torch.get_num_threads()
        torch.set_num_threads(request.options.threads)
        try:
            for epoch in range(epochs):
                with torch.random.fork_rng(devices=ticket.cuda_devices):
                    ticket.train_epoch(epoch)
                request.on_progress(index * epochs + epoch + 1, len(request.ratios) * epochs)
            pruned = ticket.folded()
        finally:
            torch.set_num_threads(threads)
        yield pruned


class _Ticket:
    """One network in training: frozen weights, their scores, the optimiser of the scores."""

    def __init__(self, network: nn.Module, ratio: float, request: Request) -> None:
        self.training = request.training_data
        device = torch.device(self.training.device)
        self.device_type = device.type
        self.cuda_devices = [device] if device.type == "cuda" else []
        self.network = network.to(device)
        self.ratio, self.scope, self.seed = ratio, request.scope, request.seed
        self.options: Options = request.options
        prunable = prunable_weights(network, include_classifier=request.include_classifier)
        freeze_the_rest(network, prunable, affine=self.options.affine_batch_norm)
        if not request.include_classifier:
            self._start_dense_classifier()
        weight_count = sum(weight.numel() for weight in prunable.values())
        kept_share = max(1 - ratio, 1 / weight_count) if self.options.scale_fan else 1.0
        shapes = {name: weight.shape for name, weight in prunable.items()}
        drawn = random_weights(shapes, kept_share=kept_share, seed=self.seed)
        self.weights = {name: weight.to(device) for name, weight in drawn.items()}
        self.scores = {
            name: score.to(device).requires_grad_(True)
            for name, score in first_scores(shapes, seed=self.seed + 1).items()
        }
        trained = [*self.scores.values(), *(p for p in network.parameters() if p.requires_grad)]
        self.optimiser = torch.optim.Adam(trained, lr=self.options.learning_rate)
        self.last_loss = math.nan

    def _start_dense_classifier(self) -> None:
        *_, weight_name = prunable_weights(self.network)
        classifier = self.network.get_submodule(weight_name.rpartition(".")[0])
        generator = torch.Generator().manual_seed(self.seed + 2)
        for parameter in classifier.parameters():
            parameter.requires_grad_(True)
            bound = 1 / math.sqrt(parameter[0].numel())
            drawn = (2 * torch.rand(parameter.shape, generator=generator) - 1) * bound
            parameter.data.copy_(drawn if parameter.ndim > 1 else torch.zeros_like(drawn))

    def masks(self) -> Masks:
        """Masks of the present scores: the highest |s|, and the best of every output unit."""
        keys = {name: score.detach().abs() for name, score in self.scores.items()}
        return masks_from_scores(
            keys, self.ratio, scope=self.scope, protected=best_of_each_unit(keys)
        )

    def train_epoch(self, epoch: int) -> None:
        """One pass over the training images."""
        options = self.options
        seed = self.seed * SEED_STRIDE + epoch
        torch.manual_seed(seed)  # dropout
        self.network.train()
        step_count = self.training.steps_per_epoch(options.batch_size)
        batches = self.training.epoch(
            batch_size=options.batch_size,
            augmentation=augmentation_named(options.augmentation),
            generator=torch.Generator().manual_seed(seed),
        )
        for step, (images, labels) in enumerate(batches):
            progress = (epoch + step / step_count) / options.epochs
            for group in self.optimiser.param_groups:
                group["lr"] = options.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))
            effective = effective_weights(self.scores, self.weights, self.masks())
            with torch.autocast(
                self.device_type, dtype=torch.bfloat16, enabled=self.device_type == "cuda"
            ):
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
                    f"in epoch {epoch + 1} with learning rate {options.learning_rate}: a smaller "
                    "one may help"
                )

    @torch.no_grad()
    def folded(self) -> Pruned:
        """The network with its effective weights as weights, in eval mode."""
        masks = self.masks()
        parameters = dict(self.network.named_parameters())
        for name, mask in masks.items():
            parameters[name].copy_(binarised(self.weights[name], mask))
        apply_masks(self.network, masks)
        for parameter in parameters.values():
            parameter.requires_grad_(True)
        self.network.eval()
        weight_count = sum(mask.numel() for mask in masks.values())
        return Pruned(
            network=self.network,
            masks=masks,
            ratio=self.ratio,
            details={
                "options": dataclasses.asdict(self.options),
                "kept_asked": weight_count - removed_count(self.ratio, weight_count),
                "kept": kept_count(masks),
                "scales": {
                    name: float(layer_scale(self.weights[name], mask))
                    for name, mask in masks.items()
                },
                "training_loss": self.last_loss,
            },
        )
