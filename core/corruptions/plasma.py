"""Clouds by the diamond-square algorithm (Fournier, Fussell & Carpenter 1982), on a torus."""

import numpy as np

from core.corruptions.draws import Draws
from core.corruptions.grey_levels import Floats


def plasma(side: int, decay: float, draws: Draws) -> Floats:
    """Return one cloud an image, float32 (N, size, size) from 0 to 1, size a power of two.

    Midpoints are the mean of their four neighbours plus a uniform wobble, whose width falls by
    ``decay`` at each halving of the step (its square, in the authors' script: so it does here).

    Args:
        side: of the images, in pixels; size is the next power of two.
        decay: of the wobble a halving.
        draws: the images' random numbers.
    """
    size = 1 << (side - 1).bit_length()
    wobbles = draws.uniform(-1, 1, size * size - 1)
    heights = np.zeros((len(wobbles), size, size), np.float32)
    used, step, width = 0, size, 100.0
    while step >= 2:
        half = step // 2
        across = size // step
        amplitude = np.float32(width * width)

        def wobbled(
            total: Floats, across: int = across, amplitude: np.float32 = amplitude
        ) -> Floats:
            nonlocal used
            wobble = wobbles[:, used : used + across * across].reshape(total.shape)
            used += across * across
            return total * np.float32(0.25) + wobble * amplitude

        corners = heights[:, ::step, ::step]
        squares = corners + np.roll(corners, -1, axis=1)
        squares = squares + np.roll(squares, -1, axis=2)
        heights[:, half::step, half::step] = wobbled(squares)
        centres = heights[:, half::step, half::step]
        between_rows = centres + np.roll(centres, 1, axis=1)
        heights[:, ::step, half::step] = wobbled(
            between_rows + corners + np.roll(corners, -1, axis=2)
        )
        between_columns = centres + np.roll(centres, 1, axis=2)
        heights[:, half::step, ::step] = wobbled(
            between_columns + corners + np.roll(corners, -1, axis=1)
        )
        step, width = half, width / decay
    heights -= heights.min(axis=(1, 2), keepdims=True)
    heights /= heights.max(axis=(1, 2), keepdims=True)
    return heights
