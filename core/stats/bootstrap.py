"""Uncertainty of a mean over images, by resampling the images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.stats.intervals import Z_95

RESAMPLES = 1000
BINS = 50
LEAST = 5
"""With two or three samples a percentile interval covers the mean in 49 or 74 % of cases."""
FEW = 20
"""With fewer samples it covers the mean in 85 to 93 % of cases, for normal data."""
MANY = 4000
"""From here on no samples are drawn again: what the bootstrap tends to is known."""
_SKEWED = 0.3


@dataclass(frozen=True)
class MeanInterval:
    """A mean over samples, and what may be said of its uncertainty.

    Attributes:
        mean: over the samples, in their unit.
        samples: how many there are, at least one.
        interval: low and high of the 95 % interval; None for fewer than LEAST samples and for
            equal values, whose spread nobody knows.
        constant: all values are equal.
    """

    mean: float
    samples: int
    interval: tuple[float, float] | None
    constant: bool = False

    @property
    def few(self) -> bool:
        """There is an interval that covers less often than 95 %, since the samples are few."""
        return self.interval is not None and self.samples < FEW


def mean_interval(
    values: np.ndarray, *, seed: int = 0, resamples: int = RESAMPLES, bins: int = BINS
) -> MeanInterval:
    """A mean with its 95 % percentile bootstrap interval (Efron 1979), seeded.

    Where two combinations are compared, both see the same images, so each image brings its own
    change and images are what is drawn again: a paired bootstrap.

    More samples than `bins` are drawn by bins of equal width, so that the time doesn't grow with
    their number; the mean of those drawn from a bin varies as the values in it do. Of MANY samples
    and more none is drawn: the ends are those that the bootstrap tends to, with its skewness
    (Cornish and Fisher 1938), unless a few samples decide the mean.

    Args:
        values: (samples,) numbers, at least one.
        seed: of the resampling.
        resamples: how often the images are drawn.
        bins: how many there are.

    Raises:
        ValueError: no values.
    """
    samples = int(values.size)
    if samples == 0:
        raise ValueError("expected at least one value, found none.")
    values = values.astype(np.float64)
    mean, constant = float(values.mean()), bool(values.min() == values.max())
    if samples < LEAST or constant:
        return MeanInterval(mean, samples, None, constant)
    if samples >= MANY:
        away = values - mean
        error = float(np.sqrt(np.mean(away**2) / samples))
        skewness = float(np.mean(away**3)) / (error**3 * samples**2)
        if abs(skewness) < _SKEWED:
            shift = skewness * (Z_95**2 - 1) / 6
            ends = mean + error * (shift - Z_95), mean + error * (shift + Z_95)
            return MeanInterval(mean, samples, ends)
    means, variances, counts = values, np.zeros(samples), np.ones(samples)
    if samples > bins:
        means, variances, counts = _binned(values, bins)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(samples, counts / samples, size=resamples)
    spread = np.sqrt(drawn @ variances) * rng.standard_normal(resamples)
    low, high = np.percentile((drawn @ means + spread) / samples, [2.5, 97.5])
    return MeanInterval(mean, samples, (float(low), float(high)))


def _binned(values: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, variance and number of the values in each bin that holds some."""
    low, width = values.min(), (values.max() - values.min()) / bins
    place = np.minimum((values - low) / width, bins - 1).astype(np.int64)
    counts = np.bincount(place, minlength=bins)
    filled = counts > 0
    means = np.bincount(place, values, bins) / np.maximum(counts, 1)
    squares = np.bincount(place, (values - means[place]) ** 2, bins)
    return means[filled], squares[filled] / counts[filled], counts[filled]
