"""Who pays for pruning: the change of each class's recall beyond the mean change."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST
from core.stats.intervals import Z_95


@dataclass(frozen=True)
class ClassChange:
    """What happens to one class.

    Attributes:
        class_id: the class.
        images: of it.
        before: recall before pruning.
        after: recall after it.
        excess: change of the recall minus the mean change over all classes.
        interval: its 95 % interval; None where `p_value` is.
        p_value: two-sided, of an excess of 0; None for fewer than LEAST images of some class, and
            where no class has images that differ among themselves.
    """

    class_id: int
    images: int
    before: float
    after: float
    excess: float
    interval: tuple[float, float] | None
    p_value: float | None


def class_changes(
    before: NDArray[np.integer], after: NDArray[np.integer], class_ids: NDArray[np.integer]
) -> list[ClassChange]:
    """The change of each class's recall on the same images, by rising class id.

    The standard error is that of images drawn again within each class: what a paired, stratified
    bootstrap comes to, without drawing. Interval and test take the normal distribution.

    Args:
        before: (images,) 1 where right before pruning.
        after: (images,) 1 where right after it.
        class_ids: (images,) true classes.
    """
    found, place = np.unique(class_ids, return_inverse=True)
    classes = found.size
    images = np.bincount(place, minlength=classes)
    change = after.astype(np.float64) - before
    means = np.bincount(place, change, minlength=classes) / images
    squares = np.bincount(place, change**2, minlength=classes) / images
    variances = (squares - means**2) / images
    mean = float(means.mean()) if classes else 0.0
    # a class is itself a part of the mean that it is compared with
    own = (1 - 1 / max(1, classes)) ** 2 * variances
    others = (variances.sum() - variances) / max(1, classes) ** 2
    errors = np.sqrt(np.maximum(own + others, 0))
    recalls = [np.bincount(place, one, minlength=classes) / images for one in (before, after)]
    few = bool(classes) and int(images.min()) < LEAST
    result = []
    for k in range(classes):
        excess, error = float(means[k]) - mean, float(errors[k])
        interval, p_value = None, None
        if not few and error > 1e-12:
            interval = (excess - Z_95 * error, excess + Z_95 * error)
            p_value = erfc(abs(excess) / error / sqrt(2))
        result.append(
            ClassChange(
                int(found[k]), int(images[k]), float(recalls[0][k]), float(recalls[1][k]), excess,
                interval, p_value,
            )
        )  # fmt: skip
    return result
