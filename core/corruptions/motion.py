"""ImageMagick's motion blur in plain arithmetic, for motion_blur and for falling snow."""

import numpy as np
from numpy.typing import NDArray

from core.corruptions.filters import pad
from core.corruptions.grey_levels import Floats, Images

_SMALLEST_WEIGHT = 2e-5
"""A tap below this moves a value by less than a hundredth of a grey level."""


def motion_blur_line(images: Images, radius: float, sigma: float, angles: Floats) -> Images:
    """Smear each image along a line, one-sided, with the weights of half a Gaussian.

    Follows MotionBlurImage of ImageMagick 6: 2 ceil(radius) + 1 whole-pixel steps along the line,
    the outermost pixels repeated beyond the rim. The result is cut to whole grey levels: the
    authors' files lie below the unrounded blur by half a level on average, never above it.

    Args:
        images: uint8 (N, H, W) or (N, H, W, C).
        radius: pixels; the line is cut after twice as many.
        sigma: of the half Gaussian, in pixels.
        angles: degrees (N,), each image's direction, clockwise from the right.

    Returns:
        uint8 of the same shape.
    """
    steps = np.arange(2 * int(np.ceil(radius)) + 1)
    weights = np.exp(-(steps**2) / (2 * sigma**2))
    weights /= weights.sum()
    steps = steps[weights >= _SMALLEST_WEIGHT]
    turns = np.deg2rad(angles.astype(np.float64))[:, None]
    columns = np.ceil(steps * np.cos(turns) - 0.5).astype(int)
    rows = np.ceil(steps * np.sin(turns) - 0.5).astype(int)
    reach = int(steps[-1])
    padded = images
    for axis in (1, 2):
        padded = pad(padded, reach, axis=axis, mode="edge")
    return _sum_of_shifts(padded.astype(np.float32), weights, reach + rows, reach + columns, images)


def _sum_of_shifts(
    padded: Floats,
    weights: NDArray[np.float64],
    tops: NDArray[np.int_],
    lefts: NDArray[np.int_],
    images: Images,
) -> Images:
    """Add up weights[k] * padded[n, tops[n, k]:, lefts[n, k]:] and cut to grey levels."""
    height, width = images.shape[1:3]
    flat = padded.reshape(*padded.shape[:2], -1)  # channels beside each other
    channels = flat.shape[2] // padded.shape[2]
    shape = (flat.shape[1] - height + 1, flat.shape[2] - width * channels + 1)
    windows = np.lib.stride_tricks.as_strided(
        flat,
        (len(flat), *shape, height, width * channels),
        (*flat.strides, *flat.strides[1:]),
        writeable=False,
    )
    taps = weights[: tops.shape[1]].astype(np.float32)
    output = np.empty((len(images), height * width * channels), np.float32)
    for source, total, top, left in zip(windows, output, tops, lefts * channels, strict=True):
        shifted = source[top, left]
        np.dot(taps, shifted.reshape(len(taps), -1), out=total)
    output += np.float32(1e-3)  # a hair, so that an even surface keeps its level
    return output.astype(np.uint8).reshape(images.shape)
