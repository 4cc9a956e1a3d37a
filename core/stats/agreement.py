"""Error consistency: whether two models err on the same images, beyond what accuracy explains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST
from core.stats.resampling import resampled_sums

Floats = NDArray[np.float64]


def error_consistency(right: NDArray[np.integer]) -> Floats:
    """Cohen's kappa of right and wrong for all pairs (Geirhos et al. 2020).

    kappa = (o - e) / (1 - e), o the share of images on which both are right or both wrong, e what
    two independent models of these accuracies would come to. 1: the same errors; 0: no more in
    common than by chance; negative: fewer.

    Args:
        right: (models, images) 1 where a model is right.

    Returns:
        (models, models); NaN where it is undefined: both always right, both always wrong, or no
        images.
    """
    images = right.shape[1]
    if not images:
        return np.full((right.shape[0],) * 2, np.nan)
    # counted bit by bit: BLAS takes ten times as long where other processes have its threads
    packed = np.packbits(right.astype(bool), axis=1)
    words = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)
    both = np.stack(
        [np.bitwise_count(words & one).sum(axis=1, dtype=np.int64) for one in words]
    ).astype(np.float64)
    count = np.diag(both)
    observed = (images - count[:, None] - count[None] + 2 * both) / images
    return _kappa(observed, count[:, None] / images, count[None] / images)


def consistency_interval(
    one: NDArray[np.integer], other: NDArray[np.integer], *, seed: int = 0
) -> tuple[float, float] | None:
    """The 95 % percentile bootstrap interval over images of a pair's kappa.

    Args:
        one: (conditions, images) 1 where the first model is right; where there are several
            conditions, the interval is that of the mean kappa over those that have one.
        other: (conditions, images) 1 where the second model is right.
        seed: of the resampling.

    Returns:
        Low and high; None for fewer than LEAST images, and where a resample leaves it undefined.
    """
    conditions, images = one.shape
    if images < LEAST:
        return None
    counted = np.concatenate([one & other, one, other]).T
    shares = resampled_sums(counted, seed=seed) / images
    both, first, second = (shares[:, k * conditions : (k + 1) * conditions] for k in range(3))
    found = mean_defined(_kappa(1 - first - second + 2 * both, first, second), axis=1)
    if np.isnan(found).any():
        return None
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def mean_defined(values: Floats, *, axis: int) -> Floats:
    """The mean along an axis of the values that are defined; NaN where none is."""
    defined = ~np.isnan(values)
    counts = defined.sum(axis=axis)
    sums = np.where(defined, values, 0).sum(axis=axis)
    return np.asarray(sums / np.where(counts == 0, np.nan, counts))


def _kappa(observed: Floats, first: Floats, second: Floats) -> Floats:
    expected = first * second + (1 - first) * (1 - second)
    beyond = 1 - expected
    defined = beyond > 1e-12
    return np.where(defined, (observed - expected) / np.where(defined, beyond, 1), np.nan)
