"""How the scores of a multi-prize ticket are trained, as one value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from core.errors import InputError
from core.vision.augmentation import augmentation_named
from core.vision.precision import check_precision
from core.vision.pruning import QUIET

CHOICES = {
    "optimiser": ("adam", "sgd"),
    "score_init": ("unit", "fan"),
    "fan": ("kept", "removed"),
    "recipe": ("own", "biprop"),
}


@dataclass(frozen=True)
class TicketSettings:
    """How the scores are trained.

    Attributes:
        epochs: passes over the training images, for every ratio.
        batch_size: images a step.
        learning_rate: the optimiser's first one; it falls to 0 along a cosine.
        augmentation: a name of core.vision.augmentation.
        affine_batch_norm: train scale and shift of norms; otherwise they have none.
        scale_fan: draw the weights for the share that is kept, see `random_weights`.
        precision: 'float32', 'bfloat16' (mixed) or 'auto', see core.vision.precision.
        threads: CPU threads; a fixed number keeps the masks the same on every machine.
        optimiser: of the scores, 'adam' or 'sgd' (with `momentum` and `weight_decay`).
        momentum: of 'sgd'.
        weight_decay: of 'sgd', on scores and on whatever else is trained.
        score_init: 'unit' draws scores from U(±1) in every layer, 'fan' from U(±1/√fan_in).
        ease_epochs: epochs over which the share removed rises from a half to the ratio, where
            that is higher (see `eased_ratio`).
        floor_per_unit: every output unit keeps one weight at least.
        fan: 'kept' draws the weights for the share that is kept, 'removed' for the share that is
            removed, as the published code does; only with `scale_fan`.
        recipe: 'own', or 'biprop', whose settings are the published ones where none are given.
    """

    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 0.02
    augmentation: str = "none"
    affine_batch_norm: bool = False
    scale_fan: bool = True
    precision: str = "auto"
    threads: int = 1
    optimiser: str = field(default="adam", metadata=QUIET)
    momentum: float = field(default=0.9, metadata=QUIET)
    weight_decay: float = field(default=0.0, metadata=QUIET)
    score_init: str = field(default="unit", metadata=QUIET)
    ease_epochs: int = field(default=0, metadata=QUIET)
    floor_per_unit: bool = field(default=True, metadata=QUIET)
    fan: str = field(default="kept", metadata=QUIET)
    recipe: str = field(default="own", metadata=QUIET)

    def __post_init__(self) -> None:
        augmentation_named(self.augmentation)
        check_precision(self.precision)
        for key, low in (("epochs", 1), ("batch_size", 2), ("learning_rate", 0), ("threads", 1)):
            if not low <= getattr(self, key) < math.inf:
                raise InputError(
                    f"expected {key} of multi_prize to be at least {low}, "
                    f"found {getattr(self, key)}"
                )
        for key, choices in CHOICES.items():
            if getattr(self, key) not in choices:
                raise InputError(
                    f"expected {key} of multi_prize among {', '.join(choices)}, "
                    f"found {getattr(self, key)!r}"
                )
        for key, low, high in (
            ("momentum", 0, 1),
            ("weight_decay", 0, math.inf),
            ("ease_epochs", 0, self.epochs - 1),
        ):
            if not low <= getattr(self, key) <= high:
                raise InputError(
                    f"expected {key} of multi_prize in {low}..{high}, found {getattr(self, key)}"
                )


def eased_ratio(ratio: float, epoch: int, ease_epochs: int) -> float:
    """The share removed in an epoch, from 0: rises from a half to a ratio that is higher.

    r + (½ − r)(1 − e/E)³, as the published code does when it ranks globally, where layers would
    be emptied at once otherwise.
    """
    if ratio <= 0.5 or epoch >= ease_epochs:
        return ratio
    return float(ratio + (0.5 - ratio) * (1 - epoch / ease_epochs) ** 3)
