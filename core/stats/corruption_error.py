"""Mean corruption error relative to a baseline, with paired bootstrap intervals over images."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
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
    clean_wrong: NDArray[np.integer],
    *,
    baseline: int,
    chosen: Mapping[str, NDArray[np.bool_]],
    seed: int = 0,
) -> dict[str, tuple[list[CorruptionError], list[CorruptionError]]]:
    """MCE and relative mCE of some models (Hendrycks and Dietterich 2019).

    For each corruption the sum of errors over severities, divided by the baseline's; then the mean
    over corruptions. The relative one takes errors beyond those on clean images.

    Args:
        wrong: (images, models, corruptions) versions of an image, one a severity, that are wrong.
        severities: (corruptions,) how many versions there are.
        clean_wrong: (images, models) 1 where the clean image is wrong.
        baseline: position of the model that the others are measured against.
        chosen: sets of corruptions by name, (corruptions,) each.
        seed: of the resampling.

    Returns:
        For each set mCE and relative mCE of each model.
    """
    images, models, corruptions = wrong.shape
    columns = np.concatenate([wrong.reshape(images, -1), clean_wrong], axis=1)
    sums = [columns.sum(axis=0, dtype=np.float64)[None]]
    if images >= LEAST:
        sums.append(resampled_sums(columns, seed=seed))
    result: dict[str, tuple[list[CorruptionError], list[CorruptionError]]] = {}
    for name, mask in chosen.items():
        both = []
        for relative in (False, True):
            means = []
            for one in sums:
                errors = one[:, : models * corruptions].reshape(-1, models, corruptions)
                if relative:
                    errors = errors - one[:, models * corruptions :, None] * severities
                means.append(_means(errors[:, :, mask], baseline))
            both.append(_errors(means))
        result[name] = both[0], both[1]
    return result


def _errors(means: list[tuple[Floats, int]]) -> list[CorruptionError]:
    """Of each model, from the observed means and, where there are some, the resampled ones."""
    (values, ratios), *drawn = means
    found = []
    for model in range(values.shape[1]):
        value, interval = float(values[0, model]), None
        if drawn and np.isfinite(drawn[0][0][:, model]).all():
            low, high = np.percentile(drawn[0][0][:, model], [2.5, 97.5])
            interval = float(low), float(high)
        found.append(CorruptionError(value if np.isfinite(value) else None, interval, ratios))
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
