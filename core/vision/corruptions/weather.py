"""Corruptions by weather: snow, frost, fog, brightness and spatter."""

import numpy as np

from core.vision.corruptions.draws import Draws
from core.vision.corruptions.grey_levels import Images, truncate


def brightness(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Raise the value of HSV, hue and saturation kept: all channels grow by one factor."""
    shift = np.float32(255 * (0.05, 0.1, 0.15, 0.2, 0.3)[severity - 1])
    largest = images.max(axis=3, keepdims=True).astype(np.float32)
    wanted = np.minimum(largest + shift, np.float32(255))
    black = largest == 0
    values = images * (wanted / np.maximum(largest, np.float32(1)))
    np.copyto(values, wanted, where=black)
    return truncate(values)
