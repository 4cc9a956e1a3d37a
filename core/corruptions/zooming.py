"""Zooming about the centre, as one sparse linear map from an image's pixels to its pixels."""

from functools import lru_cache

import numpy as np
from scipy import ndimage, sparse

from core.corruptions.grey_levels import Floats


def zoom_mean(values: Floats, factors: tuple[float, ...], *, weight: float = 0) -> Floats:
    """Return the mean of zoomed versions of each image, the image itself counted ``weight`` times.

    Args:
        values: float32 (N, side, side) or (N, side, side, C).
        factors: each at least 1; the centre is enlarged so many times, linearly interpolated.
        weight: of the image as it is.

    Returns:
        float32 of the same shape.
    """
    count, side = values.shape[:2]
    operator = _operator(side, factors, weight)
    by_pixel = values.reshape(count, side * side, -1).transpose(1, 0, 2)
    zoomed = operator @ by_pixel.reshape(side * side, -1)
    return np.ascontiguousarray(
        zoomed.reshape(by_pixel.shape).transpose(1, 0, 2).reshape(values.shape)
    )


@lru_cache(maxsize=16)
def _operator(side: int, factors: tuple[float, ...], weight: float) -> sparse.csr_array:
    total = weight * sparse.eye_array(side * side, format="csr")
    for factor in factors:
        line = sparse.csr_array(_zoom_line(side, factor))
        total = total + sparse.kron(line, line, format="csr")
    return sparse.csr_array(total / (len(factors) + weight)).astype(np.float32)


def _zoom_line(side: int, factor: float) -> Floats:
    """Return the (side, side) matrix that zooms one line: cut out, enlarge, cut off the excess."""
    kept = int(np.ceil(side / factor))
    start = (side - kept) // 2
    enlarged = ndimage.zoom(np.eye(kept), (factor, 1), order=1)
    excess = (len(enlarged) - side) // 2
    line = np.zeros((side, side))
    line[:, start : start + kept] = enlarged[excess : excess + side]
    return line.astype(np.float32)
