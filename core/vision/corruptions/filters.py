"""Filters over a batch of images, each the sum of shifted copies.

Sums of shifted copies, and no matrix product over the batch: an image's values must not depend on
how many others are filtered with it, and a BLAS may add in another order for another batch.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.vision.corruptions.grey_levels import Floats


def gaussian_weights(sigma: float, *, truncate: float = 4) -> NDArray[np.float64]:
    """Return the normalised weights of a Gaussian of ``sigma`` pixels, cut at truncate sigmas."""
    radius = int(truncate * sigma + 0.5)
    places = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (places / sigma) ** 2)
    return np.asarray(weights / weights.sum())


def blur(values: Floats, sigma: float) -> Floats:
    """Gaussian blur of (N, H, W, ...) along H and W, the outermost pixels repeated at the rim."""
    weights = gaussian_weights(sigma)
    return filter_axis(filter_axis(values, weights, axis=1), weights, axis=2)


def filter_axis(
    values: Floats, weights: NDArray[np.float64], *, axis: int, mode: str = "edge"
) -> Floats:
    """Correlate with symmetric ``weights`` (2 radius + 1,) along one axis; ``mode`` as np.pad."""
    radius = len(weights) // 2
    padded = pad(values, radius, axis=axis, mode=mode)
    length = values.shape[axis]

    def shifted(by: int) -> Floats:
        start = radius + by
        return (
            padded[:, start : start + length]
            if axis == 1
            else (padded[:, :, start : start + length])
        )

    output = shifted(0) * np.float32(weights[radius])
    pair = np.empty_like(output)
    for by in range(1, radius + 1):
        np.add(shifted(-by), shifted(by), out=pair)
        pair *= np.float32(weights[radius + by])
        output += pair
    return output


def pad(values: Floats, radius: int, *, axis: int, mode: str) -> Floats:
    """Pad one axis by ``radius`` on both sides; ``mode`` as in np.pad."""
    return values.take(_padded_places(values.shape[axis], radius, mode), axis=axis)


@lru_cache(maxsize=256)
def _padded_places(length: int, radius: int, mode: str) -> NDArray[np.intp]:
    places: NDArray[np.intp] = np.pad(np.arange(length), radius, mode=mode)  # type: ignore[call-overload]
    return places
