"""Blurs: defocus, glass, motion, zoom and gaussian."""

from functools import lru_cache

import numpy as np

from core.vision.corruptions.draws import Draws
from core.vision.corruptions.filters import blur, pad
from core.vision.corruptions.grey_levels import Images, truncate

SIDE = 32
"""Pixels: the size that the authors' constants belong to."""


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
