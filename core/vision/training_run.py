"""The moving parts of one training run: batches, steps, masks, validation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from core.errors import InputError
from core.vision.augmentation import augment, augmentation_named
from core.vision.datasets.image_set import ImageArray, ImageSet, Rows
from core.vision.memory_layout import choose_layout
from core.vision.networks.normalisation import Normalisation, normalise_tensor
from core.vision.precision import autocast
from core.vision.recipe import Recipe

VALIDATION_BATCH = 500
STEPS_BETWEEN_CHECKS_ON_GPU = 50
SEED_STRIDE = 1_000_003  # epochs of neighbouring seeds draw from different streams


class TrainingDiverged(InputError):  # noqa: N818
    """The loss became infinite or not a number."""


@dataclass(frozen=True)
class TrainingProgress:
    """Where a training run is, after a step.

    `loss` is that of the batch; `validation_accuracy` that of the last finished epoch.
    """

    epoch: int
    epochs: int
    step: int
    steps_per_epoch: int
    loss: float
    validation_accuracy: float | None


class TrainingRun:
    """The moving parts of one training run: network, optimiser, batches."""

    def __init__(
        self,
        network: nn.Module,
        train: ImageSet,
        *,
        recipe: Recipe,
        normalisation: Normalisation,
        device: torch.device,
        masks: Mapping[str, torch.Tensor],
        precision: str,
    ) -> None:
        self.network = network.to(device)
        self.train = train
        self.recipe = recipe
        self.normalisation = normalisation
        self.device = device
        self.layout = torch.channels_last
        self.layout = choose_layout(network, self.pixels(train.images[:2]))
        self.augmentation = augmentation_named(recipe.augmentation)
        self.steps_per_epoch = math.ceil(len(train) / recipe.batch_size)
        self.optimiser = recipe.build_optimiser(network.parameters())
        self.precision = precision
        self.labels = torch.from_numpy(train.labels).to(device)
        self.masked = _masked_parameters(network, masks)
        self.hold_masks()

    def hold_masks(self) -> None:
        """Set removed weights to zero."""
        with torch.no_grad():
            for parameter, kept in self.masked:
                parameter.mul_(kept)

    def state(self) -> dict[str, Any]:
        """What `restore` needs; tensors are references, to be written at once."""
        return {
            "weights": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a state that `state` gave."""
        self.network.load_state_dict(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])

    def batches(self, generator: torch.Generator) -> Iterator[tuple[torch.Tensor, Rows]]:
        """Shuffled, augmented, normalised batches of an epoch, with their rows."""
        order = torch.randperm(len(self.train), generator=generator).numpy()
        for start in range(0, len(order), self.recipe.batch_size):
            rows = order[start : start + self.recipe.batch_size]
            yield self.pixels(self.train.images[rows], generator), rows

    def pixels(self, images: ImageArray, generator: torch.Generator | None = None) -> torch.Tensor:
        """Images uint8 (n, H, W, 3), augmented if a generator is given, as the network's input."""
        source = torch.from_numpy(np.ascontiguousarray(images)).to(self.device, non_blocking=True)
        if generator is not None:
            source = augment(source, self.augmentation, generator)
        normalised = normalise_tensor(source, self.normalisation)
        return normalised.contiguous(memory_format=self.layout)

    def train_epoch(
        self,
        epoch: int,
        seed: int,
        previous_accuracy: float | None,
        on_step: Callable[[TrainingProgress], None] | None,
    ) -> float:
        """One epoch; the mean loss over its images."""
        torch.manual_seed(seed * SEED_STRIDE + epoch)  # dropout
        generator = torch.Generator().manual_seed(seed * SEED_STRIDE + epoch)
        self.network.train()
        total = torch.zeros((), device=self.device, dtype=torch.float64)
        check_every = STEPS_BETWEEN_CHECKS_ON_GPU if self.device.type == "cuda" else 1
        for step, (images, rows) in enumerate(self.batches(generator), start=1):
            loss = self.step(images, torch.from_numpy(rows).to(self.device), epoch, step)
            total += loss * len(rows)
            if step % check_every and step != self.steps_per_epoch:
                continue
            loss_value = float(loss)
            if not math.isfinite(float(total)):
                raise TrainingDiverged(
                    f"expected a finite loss, found {float(total)} by step {step} of epoch {epoch} "
                    f"with learning rate {self.recipe.learning_rate}: a smaller one may help"
                )
            if on_step:
                on_step(
                    TrainingProgress(
                        epoch=epoch,
                        epochs=self.recipe.epochs,
                        step=step,
                        steps_per_epoch=self.steps_per_epoch,
                        loss=loss_value,
                        validation_accuracy=previous_accuracy,
                    )
                )
        return float(total) / len(self.train)

    def step(self, images: torch.Tensor, rows: torch.Tensor, epoch: int, step: int) -> torch.Tensor:
        """One optimiser step; the batch's loss, on the device."""
        progress = ((epoch - 1) * self.steps_per_epoch + step - 1) / (
            self.recipe.epochs * self.steps_per_epoch
        )
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate_at(progress)
        self.optimiser.zero_grad(set_to_none=True)
        with autocast(self.precision, self.device):
            logits = self.network(images)
            if logits.shape[1] != len(self.train.class_names):
                raise InputError(
                    f"expected {len(self.train.class_names)} outputs, one a class of the data "
                    f"set, found a network with {logits.shape[1]}"
                )
            loss = nn.functional.cross_entropy(
                logits, self.labels[rows], label_smoothing=self.recipe.label_smoothing
            )
        torch.autograd.backward(loss)
        # without a gradient a removed weight gets no momentum, so the optimiser's state is masked
        for parameter, kept in self.masked:
            if parameter.grad is not None:
                parameter.grad.mul_(kept)
        self.optimiser.step()
        self.hold_masks()
        return loss.detach()

    @torch.inference_mode()
    def evaluate(self, images: ImageSet) -> tuple[float | None, float | None]:
        """Mean cross-entropy and accuracy in eval mode, in float32; None without images."""
        if not len(images):
            return None, None
        self.network.eval()
        correct, loss = 0, 0.0
        for start in range(0, len(images), VALIDATION_BATCH):
            block = slice(start, start + VALIDATION_BATCH)
            labels = torch.from_numpy(images.labels[block]).to(self.device)
            logits = self.network(self.pixels(images.images[block])).float()
            correct += int((logits.argmax(1) == labels).sum())
            loss += float(nn.functional.cross_entropy(logits, labels, reduction="sum"))
        return loss / len(images), correct / len(images)


def _masked_parameters(
    network: nn.Module, masks: Mapping[str, torch.Tensor]
) -> list[tuple[nn.Parameter, torch.Tensor]]:
    parameters = dict(network.named_parameters())
    masked = []
    for name, mask in masks.items():
        if name not in parameters or parameters[name].shape != mask.shape:
            found = tuple(parameters[name].shape) if name in parameters else "no such parameter"
            raise InputError(
                f"expected a parameter {name} of shape {tuple(mask.shape)} for its mask, found "
                f"{found}"
            )
        # ones and zeros that lie in memory as the weights do
        masked.append(
            (parameters[name], torch.empty_like(parameters[name], requires_grad=False).copy_(mask))
        )
    return masked
