"""Blurs: defocus, glass, motion, zoom and gaussian."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.corruptions.draws import Draws
from core.corruptions.filters import SIDE, blur, pad
from core.corruptions.grey_levels import Images, truncate
from core.corruptions.motion import motion_blur_line
from core.corruptions.zooming import zoom_mean


def gaussian_blur(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Blur by a Gaussian."""
    sigma = (0.4, 0.6, 0.7, 0.8, 1.0)[severity - 1] * images.shape[1] / SIDE
    return truncate(blur(images.astype(np.float32), sigma))


def defocus_blur(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Blur by a disk, itself smoothed against aliasing."""
    radius, alias = ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1.0, 0.2), (1.5, 0.1))[severity - 1]
    scale = images.shape[1] / SIDE
    taps = _disk(radius * scale, alias * scale)
    reach = max(abs(step) for row, column, _ in taps for step in (row, column))
    values = images.astype(np.float32)
    for axis in (1, 2):
        values = pad(values, reach, axis=axis, mode="reflect")
    height, width = images.shape[1:3]
    output = np.zeros(images.shape, np.float32)
    part = np.empty_like(output)
    for row, column, weight in taps:
        top, left = reach + row, reach + column
        np.multiply(
            values[:, top : top + height, left : left + width], np.float32(weight), out=part
        )
        output += part
    return truncate(output)


def motion_blur(images: Images, severity: int, draws: Draws) -> Images:
    """Smear along a line, at most 45 degrees off the horizontal."""
    radius, sigma = ((6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5))[severity - 1]
    scale = images.shape[1] / SIDE
    return motion_blur_line(images, radius * scale, sigma * scale, draws.uniform(-45, 45))


def zoom_blur(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Average an image with its enlargements, in steps of one per cent."""
    largest = (1.06, 1.11, 1.16, 1.21, 1.26)[severity - 1]
    factors = tuple(np.arange(1, largest, 0.01).tolist())
    return truncate(zoom_mean(images.astype(np.float32), factors, weight=1))


def glass_blur(images: Images, severity: int, draws: Draws) -> Images:
    """Blur, let every pixel take the colour of a near one, and blur again.

    The authors mean to swap two pixels, but both end with the same colour: theirs is a copy from
    up to ``reach`` pixels away, made in order from the last pixel to the first.
    """
    sigma, reach, rounds = (
        (0.05, 1, 1),
        (0.25, 1, 1),
        (0.4, 1, 1),
        (0.25, 1, 2),
        (0.4, 1, 2),
    )[severity - 1]
    count, side = images.shape[:2]
    sigma *= side / SIDE
    reach = max(1, round(reach * side / SIDE))
    pixels = truncate(blur(images.astype(np.float32), sigma))
    sources = np.broadcast_to(np.arange(side * side), (count, side * side))
    for _ in range(rounds):
        sources = _displaced(sources.reshape(count, side, side), reach, draws)
    flat = pixels.reshape(count * side * side, 3)
    starts = np.arange(count)[:, None] * (side * side)
    moved = flat[sources.reshape(count, -1) + starts].reshape(images.shape)
    return truncate(blur(moved.astype(np.float32), sigma))


def _displaced(sources: NDArray[np.intp], reach: int, draws: Draws) -> NDArray[np.intp]:
    """Let pixels take what a near pixel holds, from the last to the first; (N, side, side).

    With a reach of one pixel the near one is never behind in that order, so it still holds what it
    held at the start, and the whole round is one look-up. Beyond, the order matters.
    """
    count, side = sources.shape[:2]
    inner = np.arange(reach + 1, side - reach + 1)
    steps = (draws.words(2, len(inner), len(inner)) % (2 * reach)).astype(np.intp) - reach
    rows = inner[:, None] + steps[:, 0]
    columns = inner + steps[:, 1]
    images = np.arange(count)
    output = sources.copy()
    if reach == 1:
        output[:, inner[0] :, inner[0] :] = sources[images[:, None, None], rows, columns]
        return output
    for row in range(len(inner) - 1, -1, -1):
        for column in range(len(inner) - 1, -1, -1):
            output[:, inner[row], inner[column]] = output[
                images, rows[:, row, column], columns[:, row, column]
            ]
    return output


@lru_cache(maxsize=16)
def _disk(radius: float, alias: float) -> tuple[tuple[int, int, float], ...]:
    """Return the weights (row, column, weight) of a smoothed disk, the zeros left out."""
    reach = int(radius) + 2
    places = np.arange(-reach, reach + 1)
    disk = (places[:, None] ** 2 + places**2 <= radius**2).astype(np.float64)
    disk /= disk.sum()
    smoothing = np.exp(-0.5 * (np.arange(-1, 2) / alias) ** 2)
    smoothing /= smoothing.sum()
    for axis in (0, 1):
        disk = np.apply_along_axis(np.convolve, axis, disk, smoothing, "same")
    disk[disk < 1e-7] = 0
    return tuple(
        (int(row) - reach, int(column) - reach, float(disk[row, column]))
        for row, column in np.argwhere(disk)
    )
