"""Can confidence be trusted: reliability, expected calibration error, risk and coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST
from core.stats.intervals import Z_95
from core.stats.resampling import resampled_sums

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BINS = 15


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Attributes:
        value: the number.
        interval: the number and 1.96 standard errors on either side, as far as the number can be
            so small; None for fewer than LEAST images and where resamples don't differ.
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
    images = confidence.shape[1]
    ece = [expected_calibration_error(*one) for one in zip(confidence, right, strict=True)]
    risks = [_risk_influence(*one) for one in zip(confidence, right, strict=True)]
    drawn = np.stack([_binned_gaps(*one) for one in zip(confidence, right, strict=True)], axis=1)
    spread = np.zeros((len(ece), 1))
    if images >= LEAST:
        sums = resampled_sums(drawn.reshape(images, -1), seed=seed).reshape(-1, len(ece), BINS)
        spread = np.abs(sums).sum(axis=2).T / images
    return [
        Trust(
            ece=_estimate(ece[m], float(spread[m].std()), least=0.0),
            aurc=estimate_of(risks[m].value, risks[m].influence, least=0.0),
            ece_difference=_estimate(ece[m] - ece[0], float((spread[m] - spread[0]).std()))
            if m
            else None,
            aurc_difference=estimate_of(
                risks[m].value - risks[0].value, risks[m].influence - risks[0].influence
            )
            if m
            else None,
        )
        for m in range(len(ece))
    ]


@dataclass(frozen=True)
class Influenced:
    """A number over images, and what each image does to it.

    Attributes:
        value: the number.
        influence: (images,) how much the number changes with the weight of an image, times the
            number of images: the root of its mean square over the images is the standard error
            times the root of their number (infinitesimal jackknife; Jaeckel 1972).
    """

    value: float
    influence: Floats


def calibration_influence(confidence: Floats, right: Bools) -> Influenced:
    """The expected calibration error and what each image does to it.

    Where confidence is right about a bin the error has no derivative, and a standard error from
    these influences is up to 1.7 times too large.

    Args:
        confidence: (images,), at least one.
        right: (images,).
    """
    bins, gaps = bin_numbers(confidence), confidence - right
    sums = np.bincount(bins, gaps, minlength=BINS)
    value = float(np.abs(sums).sum()) / confidence.size
    return Influenced(value, np.sign(sums)[bins] * gaps - value)


def calibrated_error(confidence: Floats) -> float:
    """The calibration error that perfectly calibrated confidences come to, by chance alone.

    The mean gap of a bin is then about normal with the variance of its Bernoulli draws.

    Args:
        confidence: (images,), at least one.
    """
    variances = np.bincount(bin_numbers(confidence), confidence * (1 - confidence))
    return float(np.sqrt(2 / np.pi * variances).sum()) / confidence.size


def estimate_of(value: float, influence: Floats, *, least: float = -np.inf) -> Estimate:
    """A number with the interval that follows from the influence of each image.

    Args:
        value: the number.
        influence: (images,) as `Influenced.influence`.
        least: that the number can be; the interval does not reach below it.
    """
    images = influence.size
    if images < LEAST:
        return Estimate(value, None)
    return _estimate(value, float(np.sqrt(np.mean(influence**2) / images)), least=least)


def _estimate(value: float, error: float, *, least: float = -np.inf) -> Estimate:
    if error < 1e-12:
        return Estimate(value, None)
    return Estimate(value, (max(least, value - Z_95 * error), value + Z_95 * error))


def _binned_gaps(confidence: Floats, right: Bools) -> NDArray[np.float32]:
    """(images, BINS) confidence minus right in the bin of each image."""
    gaps = np.zeros((confidence.size, BINS), np.float32)
    gaps[np.arange(confidence.size), bin_numbers(confidence)] = confidence - right
    return gaps


def _risk_influence(confidence: Floats, right: Bools) -> Influenced:
    """The area under the risk-coverage curve and what each image does to it.

    With weights w the area is the mean of R_i = sum(w_j e_j, j <= i) / sum(w_j, j <= i); its
    derivative by w_k is (R_k - area + sum((e_k - R_i) / i, i >= k)) / n. Images of equal confidence
    share their errors, and what is meant is the mean over their orders.
    """
    images = confidence.size
    order = np.argsort(-confidence, kind="stable")
    own = (~right[order]).astype(np.float64)
    group = _groups_of_ties(confidence[order])
    sizes = np.bincount(group)
    shared = (np.bincount(group, own) / sizes)[group]
    place = np.arange(1, images + 1)
    risk = np.cumsum(shared) / place
    value = float(risk.mean())
    later = _sums_from(1 / place)
    through_order = risk - value + shared * later - _sums_from(risk / place)
    mean = (np.bincount(group, through_order) / sizes)[group]
    # more weight on an image that differs from those of its confidence moves what they share
    ends = np.cumsum(sizes)
    part = np.bincount(group, (place - (ends - sizes)[group]) / place) / sizes
    after = np.append(later, 0.0)[ends]
    influence = np.empty(images)
    influence[order] = mean + (own - shared) * (part + after)[group]
    return Influenced(value, influence)


def _sums_from(values: Floats) -> Floats:
    """(n,) of each place the sum from there to the end."""
    return np.asarray(np.cumsum(values[::-1])[::-1])


def _shared_by_ties(confidence: Floats, errors: Floats) -> Floats:
    """The mean error of the images of equal confidence, for each image; sorted by confidence."""
    group = _groups_of_ties(confidence)
    sums, sizes = np.bincount(group, errors), np.bincount(group)
    return np.asarray((sums / sizes)[group])


def _groups_of_ties(confidence: Floats) -> NDArray[np.int64]:
    """The number of the group of equal confidences that each image is in; sorted."""
    starts = np.concatenate([[True], np.diff(confidence) != 0])[: confidence.size]
    return np.asarray(np.cumsum(starts) - 1)
