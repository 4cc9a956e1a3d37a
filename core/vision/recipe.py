"""How a network is trained, as one value.

Importing this loads no torch: a study file can be checked where torch is absent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import InputError
from core.vision.augmentation import AUGMENTATIONS
from core.vision.precision import check_precision

if TYPE_CHECKING:
    import torch
    from torch import nn

OPTIMISERS = ("sgd", "adamw")
SCHEDULES = ("one_cycle", "cosine", "constant")


@dataclass(frozen=True)
class Recipe:
    """Settings of one training run.

    Attributes:
        epochs: passes over the training images; 0 leaves the first weights.
        batch_size: images a step; the last, smaller batch of an epoch counts too.
        optimiser: 'sgd' (Nesterov momentum) or 'adamw'.
        learning_rate: the highest one of the schedule.
        momentum: of 'sgd'.
        weight_decay: on weights of two and more dimensions; biases and batch norm have none.
        schedule: 'one_cycle' (linear up, then a cosine down to zero), 'cosine' or 'constant'.
        warmup_share: share of the steps that 'one_cycle' climbs.
        augmentation: a name of core.vision.augmentation.AUGMENTATIONS.
        label_smoothing: probability spread over the classes.
        precision: 'float32', 'bfloat16' (mixed) or 'auto', see core.vision.precision.

    Raises:
        InputError: a value that is out of range or unknown, naming the key.
    """

    epochs: int = 30
    batch_size: int = 128
    optimiser: str = "sgd"
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: str = "one_cycle"
    warmup_share: float = 0.25
    augmentation: str = "none"
    label_smoothing: float = 0.0
    precision: str = "auto"

    def __post_init__(self) -> None:
        for key, choices in (
            ("optimiser", OPTIMISERS),
            ("schedule", SCHEDULES),
            ("augmentation", tuple(AUGMENTATIONS)),
        ):
            if getattr(self, key) not in choices:
                raise InputError(
                    f"expected {key} among {', '.join(choices)}, found {getattr(self, key)!r}"
                )
        check_precision(self.precision)
        for key, low, high in (
            ("epochs", 0, math.inf),
            ("batch_size", 1, math.inf),
            ("learning_rate", 0, math.inf),
            ("momentum", 0, 1),
            ("weight_decay", 0, math.inf),
            ("warmup_share", 0, 1),
            ("label_smoothing", 0, 1),
        ):
            if not low <= getattr(self, key) <= high:
                raise InputError(f"expected {key} in {low}..{high}, found {getattr(self, key)}")

    def learning_rate_at(self, progress: float) -> float:
        """The learning rate after the share `progress` (0..1) of all steps."""
        if self.schedule == "constant":
            return self.learning_rate
        climb = self.warmup_share if self.schedule == "one_cycle" else 0.0
        if progress < climb:
            return self.learning_rate * (0.04 + 0.96 * progress / climb)
        fallen = (progress - climb) / (1 - climb) if climb < 1 else 1.0
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * fallen))

    def build_optimiser(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """The optimiser over `parameters`, weight decay on those of two or more dimensions."""
        import torch  # noqa: PLC0415

        trained = [parameter for parameter in parameters if parameter.requires_grad]
        groups = [
            {
                "params": [p for p in trained if p.ndim > 1],
                "weight_decay": self.weight_decay,
            },
            {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
        ]
        groups = [group for group in groups if group["params"]]
        if self.optimiser == "adamw":
            return torch.optim.AdamW(groups, lr=self.learning_rate)
        return torch.optim.SGD(
            groups, lr=self.learning_rate, momentum=self.momentum, nesterov=self.momentum > 0
        )
