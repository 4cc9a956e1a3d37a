"""Pearson's and Spearman's correlation over images, with intervals that assume no distribution."""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST
from core.stats.intervals import Z_95

Floats = NDArray[np.float64]
_PERFECT = 1e-12


@dataclass(frozen=True)
class Correlation:
    """A correlation over samples, and what may be said of its uncertainty.

    Attributes:
        value: -1 to 1; None where one of the two is the same for all samples.
        samples: how many there are.
        interval: low and high of the 95 % interval; None without a value, for fewer than LEAST
            samples, and for a perfect correlation.
    """

    value: float | None
    samples: int
    interval: tuple[float, float] | None


def pearson(x: Floats, y: Floats) -> Correlation:
    """Pearson's correlation of two numbers of each sample.

    The interval is the jackknife's on Fisher's scale (Tukey 1958; Efron 1982, chapter 3): each
    sample is left out once. docs/statistics.md says how often it covers the true value.

    Args:
        x: (samples,).
        y: (samples,).
    """
    if not _both_vary(x, y):
        return Correlation(None, x.size, None)
    zx, zy = _standardised(x), _standardised(y)
    value = float(np.mean(zx * zy))
    samples = x.size
    if samples < LEAST or 1 - abs(value) < _PERFECT:
        return Correlation(value, samples, None)
    without = _without_each(zx, zy)
    if without is None:
        return Correlation(value, samples, None)
    each = np.arctanh(without)
    error = sqrt((samples - 1) / samples * float(np.sum((each - each.mean()) ** 2)))
    return _on_fishers_scale(value, samples, error)


def spearman(x: Floats, y: Floats) -> Correlation:
    """Spearman's rank correlation of two numbers of each sample; ties share their mean rank.

    Args:
        x: (samples,).
        y: (samples,).
    """
    if not _both_vary(x, y):
        return Correlation(None, x.size, None)
    first, second = _Ranks.of(x), _Ranks.of(y)
    f, g = first.shares, second.shares
    # three means over pairs of samples; a sample counts in each by itself and in others' ranks
    both = _deviation(f * g, first.beyond(g) + second.beyond(f))
    of_first, of_second = (
        _deviation(f * f, 2 * first.beyond(f)),
        _deviation(g * g, 2 * second.beyond(g)),
    )
    covariance, variance, other = (float(np.mean(one)) - 0.25 for one in (f * g, f * f, g * g))
    value = covariance / sqrt(variance * other)
    influence = both / sqrt(variance * other) - value / 2 * (
        of_first / variance + of_second / other
    )
    return _with_interval(min(1.0, max(-1.0, value)), influence)


@dataclass(frozen=True)
class _Ranks:
    """The ranks of some values.

    Attributes:
        shares: of each sample, the share of samples below it and half of those beside it.
        place: of each sample, the position of its value among the distinct ones.
    """

    shares: Floats
    place: NDArray[np.intp]

    @classmethod
    def of(cls, values: Floats) -> _Ranks:
        _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
        below = np.cumsum(counts) - counts / 2
        return cls(np.asarray((below / values.size)[place]), place)

    def beyond(self, weights: Floats) -> Floats:
        """Weights of the samples above each one and half of those beside it, by all samples."""
        sums = np.bincount(self.place, weights)
        above = sums.sum() - np.cumsum(sums) + sums / 2
        return np.asarray((above / weights.size)[self.place])


def _deviation(own: Floats, through_others: Floats) -> Floats:
    return np.asarray(own + through_others - 3 * own.mean())


def _both_vary(x: Floats, y: Floats) -> bool:
    return bool(x.size) and x.min() < x.max() and y.min() < y.max()


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std())


def _without_each(zx: Floats, zy: Floats) -> Floats | None:
    """The correlation without each sample; None where one of them is what makes it defined.

    Args:
        zx: (samples,) standardised.
        zy: (samples,) standardised.
    """
    samples = zx.size
    share = samples / (samples - 1)
    covariance = np.sum(zx * zy) - share * zx * zy
    spread, other = samples - share * zx**2, samples - share * zy**2
    if min(spread.min(), other.min()) < _PERFECT * samples:
        return None
    found = covariance / np.sqrt(spread * other)
    return None if np.abs(found).max() > 1 - _PERFECT else np.asarray(found)


def _with_interval(value: float, influence: Floats) -> Correlation:
    """The interval by the infinitesimal jackknife, on Fisher's scale.

    The influence of each sample gives the standard error that a bootstrap over samples comes to
    (Jaeckel 1972; Efron 1982, chapter 6), in the time of one resample.
    """
    samples = influence.size
    if samples < LEAST or 1 - abs(value) < _PERFECT:
        return Correlation(value, samples, None)
    error = sqrt(float(np.mean(influence**2)) / samples) / (1 - value**2)
    return _on_fishers_scale(value, samples, error)


def _on_fishers_scale(value: float, samples: int, error: float) -> Correlation:
    middle = atanh(value)
    return Correlation(value, samples, (tanh(middle - Z_95 * error), tanh(middle + Z_95 * error)))
