"""Uncertainty of a mean change over images, by resampling the images."""

from __future__ import annotations

import numpy as np

RESAMPLES = 1000


def mean_interval(
    values: np.ndarray, counts: np.ndarray, *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float, float]:
    """A mean with its 95 % percentile bootstrap interval (Efron 1979), seeded.

    Both combinations see the same images, so each image brings its own change and images
    are what is drawn again: a paired bootstrap. The changes come in bins, so that the time
    doesn't grow with the number of images.

    Args:
        values: (bins,) mean change of the images in each bin.
        counts: (bins,) images in each bin, at least one in all.
        seed: of the resampling.
        resamples: how often the images are drawn.

    Returns:
        Mean, low, high; low and high equal the mean where there is a single image.

    Raises:
        ValueError: no images.
    """
    images = int(counts.sum())
    if images == 0:
        raise ValueError("expected at least one image, found none.")
    mean = float(values @ counts) / images
    drawn = np.random.default_rng(seed).multinomial(images, counts / images, size=resamples)
    low, high = np.percentile(drawn @ values / images, [2.5, 97.5])
    return mean, float(low), float(high)
