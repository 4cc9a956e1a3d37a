"""Mean corruption error relative to a baseline, with paired bootstrap intervals over images."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST
from core.stats.resampling import resampled_sums

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CorruptionError:
    """How many errors a model makes on corrupted images, per error of the baseline.

    Attributes:
        value: 1 is as many; None where the baseline makes no error on any corruption.
        interval: low and high of the 95 % interval; None for fewer than LEAST images, and where
            a resample leaves the baseline without an error.
        corruptions: how many have a ratio.
    """

    value: float | None
    interval: tuple[float, float] | None
    corruptions: int


def mean_corruption_errors(
    wrong: NDArray[np.integer],
    severities: NDArray[np.integer],
    clean_wrong: NDArray[np.integer] | None = None,
    *,
    baseline: int,
    seed: int = 0,
) -> list[CorruptionError]:
    """MCE of some models, or relative mCE (Hendrycks and Dietterich 2019).

    For each corruption the sum of errors over severities, divided by the baseline's; then the mean
    over corruptions. The relative one takes errors beyond those on clean images.

    Args:
        wrong: (images, models, corruptions) versions of an image, one a severity, that are wrong.
        severities: (corruptions,) how many versions there are.
        clean_wrong: (images, models) 1 where the clean image is wrong: the relative mCE is asked.
        baseline: position of the model that the others are measured against.
        seed: of the resampling.
    """
    images, models, corruptions = wrong.shape
    errors = wrong.astype(np.int64)
    if clean_wrong is not None:
        errors = errors - clean_wrong[:, :, None].astype(np.int64) * severities
    observed = errors.sum(axis=0, dtype=np.float64)[None]
    values, ratios = _means(observed, baseline)
    drawn = None
    if images >= LEAST:
        sums = resampled_sums(errors.reshape(images, models * corruptions), seed=seed)
        drawn, _ = _means(sums.reshape(len(sums), models, corruptions).astype(np.float64), baseline)
    found = []
    for model in range(models):
        value = float(values[0, model])
        interval = None
        if drawn is not None and np.isfinite(drawn[:, model]).all():
            low, high = np.percentile(drawn[:, model], [2.5, 97.5])
            interval = float(low), float(high)
        found.append(CorruptionError(value if np.isfinite(value) else None, interval, int(ratios)))
    return found


def _means(errors: Floats, baseline: int) -> tuple[Floats, int]:
    """(resamples, models) mean ratio over corruptions, and how many corruptions have one.

    Args:
        errors: (resamples, models, corruptions).
        baseline: position of the model to divide by.
    """
    of_baseline = errors[:, baseline : baseline + 1]
    ratios = errors / np.where(of_baseline == 0, np.nan, of_baseline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a mean over no corruption is NaN
        means = np.nanmean(ratios, axis=2)
    return means, int(np.isfinite(ratios[0, baseline]).sum())
