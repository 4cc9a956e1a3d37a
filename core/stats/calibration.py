"""Can confidence be trusted: reliability, expected calibration error, risk and coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST
from core.stats.intervals import Z_95
from core.stats.resampling import drawn_counts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BINS = 15
RESAMPLES = 300
"""For a standard error: it is known to 4 %."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Attributes:
        value: the number.
        interval: the number and 1.96 bootstrap standard errors on either side; None for fewer
            than LEAST images and where no resample differs.
    """

    value: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Trust:
    """How far one model's confidence can be trusted.

    Attributes:
        ece: expected calibration error.
        aurc: area under the risk-coverage curve.
        ece_difference: ece minus the first model's, on the same images; None for the first.
        aurc_difference: the same of aurc.
    """

    ece: Estimate
    aurc: Estimate
    ece_difference: Estimate | None
    aurc_difference: Estimate | None


def bin_numbers(confidence: Floats, bins: int = BINS) -> NDArray[np.int64]:
    """The equal bin that each confidence is in, 0-based; a bin holds its upper end."""
    return np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)


def expected_calibration_error(confidence: Floats, right: Bools, bins: int = BINS) -> float:
    """Mean over images of the gap between confidence and accuracy of their bin (Guo et al. 2017).

    Args:
        confidence: (images,), at least one.
        right: (images,).
        bins: equal ones.
    """
    gaps = np.bincount(bin_numbers(confidence, bins), confidence - right, minlength=bins)
    return float(np.abs(gaps).sum()) / confidence.size


def risk_coverage(confidence: Floats, right: Bools) -> Floats:
    """Share of errors among the k most confident images, for each k (Geifman and El-Yaniv 2017).

    Among equal confidences no order is better than another: the risk is the mean over all orders.

    Args:
        confidence: (images,).
        right: (images,).

    Returns:
        (images,) risk at coverage 1/n, 2/n, ..., 1; its mean is the area under the curve.
    """
    order = np.argsort(-confidence, kind="stable")
    errors = _shared_by_ties(confidence[order], (~right[order]).astype(np.float64))
    return np.asarray(np.cumsum(errors) / np.arange(1, confidence.size + 1))


def trusts(confidence: Floats, right: Bools, *, seed: int = 0) -> list[Trust]:
    """Calibration and selective risk of some models on the same images, with paired intervals.

    Args:
        confidence: (models, images), at least one image.
        right: (models, images).
        seed: of the resampling.
    """
    models, images = confidence.shape
    found = np.array(
        [
            [expected_calibration_error(c, r), float(risk_coverage(c, r).mean())]
            for c, r in zip(confidence, right, strict=True)
        ]
    )
    drawn = None
    if images >= LEAST:
        blocks = [
            [_resampled(c, r, counts) for c, r in zip(confidence, right, strict=True)]
            for counts in drawn_counts(images, resamples=RESAMPLES, seed=seed)
        ]
        drawn = np.concatenate([np.array(block) for block in blocks], axis=2)

    def estimate(value: float, values: Floats | None) -> Estimate:
        spread = 0.0 if values is None else float(values.std(ddof=1))
        if spread < 1e-12:
            return Estimate(value, None)
        return Estimate(value, (value - Z_95 * spread, value + Z_95 * spread))

    result = []
    for m in range(models):
        own = [estimate(float(found[m, k]), None if drawn is None else drawn[m, k]) for k in (0, 1)]
        against: list[Estimate | None] = [None, None]
        if m:
            against = [
                estimate(
                    float(found[m, k] - found[0, k]),
                    None if drawn is None else drawn[m, k] - drawn[0, k],
                )
                for k in (0, 1)
            ]
        result.append(Trust(own[0], own[1], against[0], against[1]))
    return result


def _resampled(confidence: Floats, right: Bools, counts: NDArray[np.float32]) -> Floats:
    """(2, resamples) ECE and AURC of each resample.

    Args:
        confidence: (images,).
        right: (images,).
        counts: (resamples, images) how often each image is drawn.
    """
    images = confidence.size
    gaps = np.zeros((images, BINS), np.float32)
    gaps[np.arange(images), bin_numbers(confidence)] = confidence - right
    ece = np.abs(counts @ gaps).sum(axis=1) / images
    order = np.argsort(-confidence, kind="stable")
    weights = counts[:, order]
    errors = _shared_by_ties(confidence[order], (~right[order]).astype(np.float64))
    covered = np.cumsum(weights, axis=1)
    wrong = np.cumsum(weights * errors.astype(np.float32), axis=1)
    risk = wrong / np.maximum(covered, 1)
    return np.stack([ece, (weights * risk).sum(axis=1) / images]).astype(np.float64)


def _shared_by_ties(confidence: Floats, errors: Floats) -> Floats:
    """The mean error of the images of equal confidence, for each image; sorted by confidence."""
    starts = np.concatenate([[True], np.diff(confidence) != 0])[: confidence.size]
    group = np.cumsum(starts) - 1
    sums, sizes = np.bincount(group, errors), np.bincount(group)
    return np.asarray((sums / sizes)[group])
