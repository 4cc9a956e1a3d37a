"""ImageMagick's motion blur in plain arithmetic, for motion_blur and for falling snow."""

import numpy as np
from numpy.typing import NDArray

from core.vision.corruptions.filters import pad
from core.vision.corruptions.grey_levels import Floats, Images

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
    # A hair above zero, so that an even surface keeps its level whatever the sum's last bits.
    output = np.full(images.shape, np.float32(1e-3))
    part = np.empty(images.shape[1:], np.float32)
    taps = [np.float32(weight) for weight in weights[: tops.shape[1]]]
    for source, total, image_tops, image_lefts in zip(
        padded, output, tops.tolist(), lefts.tolist(), strict=True
    ):
        for top, left, weight in zip(image_tops, image_lefts, taps, strict=True):
            np.multiply(source[top : top + height, left : left + width], weight, out=part)
            np.add(total, part, out=total)
    return output.astype(np.uint8)
