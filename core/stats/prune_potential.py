"""Prune potential: how much can be pruned before accuracy falls (Liebenwein et al. 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST, MANY
from core.stats.resampling import resampled_sums

# one image more or less is far more than what floating-point numbers are off
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Potential:
    """The largest sparsity within a tolerated loss, as a position in a series of sparsities.

    Attributes:
        step: 0 for the dense model alone, k for the k-th sparsity.
        interval: low and high of its 95 % interval over images; None for fewer than LEAST images.
    """

    step: int
    interval: tuple[int, int] | None


def largest_step(losses: NDArray[np.floating], tolerated: float) -> NDArray[np.int64]:
    """The last position whose loss is tolerated, whatever those before it lose.

    Args:
        losses: (..., steps) accuracy of the dense model minus that of the pruned one, by rising
            sparsity; NaN is not tolerated.
        tolerated: loss, a fraction.

    Returns:
        (...) 0 where none is, else the position counted from 1.
    """
    within = losses <= tolerated + _ROUNDING
    steps = np.arange(1, losses.shape[-1] + 1)
    return np.asarray((within * steps).max(axis=-1, initial=0))


def prune_potentials(
    lost: NDArray[np.integer],
    versions: NDArray[np.integer],
    *,
    tolerated: tuple[float, ...],
    seed: int = 0,
) -> dict[float, list[Potential]]:
    """The prune potential of many series on the same images, with paired bootstrap intervals.

    Args:
        lost: (series, steps, images) how many versions of an image the dense model gets right less
            how many the pruned one does; steps by rising sparsity.
        versions: (series, steps) versions of each image behind it; 0 where a series has no such
            step, or none that counts.
        tolerated: losses of accuracy, fractions.
        seed: of the resampling.

    Returns:
        For each tolerated loss the potential of each series.
    """
    series, steps, images = lost.shape
    behind = np.where(versions > 0, versions * images, np.nan)
    observed = lost.sum(axis=2) / behind
    drawn = None
    if images >= MANY:
        # an interval is about one series: only its own steps are drawn together
        each = [resampled_sums(one.T, seed=seed) for one in lost]
        drawn = np.stack(each, axis=1) / behind if each else None
    elif images >= LEAST:
        sums = resampled_sums(lost.reshape(series * steps, images).T, seed=seed)
        drawn = sums.reshape(len(sums), series, steps) / behind
    found = {}
    for loss in tolerated:
        intervals: list[tuple[int, int] | None] = [None] * series
        if drawn is not None:
            low, high = np.percentile(
                largest_step(drawn, loss), [2.5, 97.5], axis=0, method="inverted_cdf"
            )
            intervals = [(int(a), int(b)) for a, b in zip(low, high, strict=True)]
        found[loss] = [
            Potential(int(step), interval)
            for step, interval in zip(largest_step(observed, loss), intervals, strict=True)
        ]
    return found
