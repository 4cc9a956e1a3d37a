"""From float arithmetic back to grey levels, cut off and not rounded, as the authors do."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]


def truncate(values: NDArray[Any]) -> Images:
    """Cut float values (in grey levels) to 0..255 and drop their fractions; works in place."""
    np.clip(values, 0, 255, out=values)
    return values.astype(np.uint8)


def channel_planes(images: Images) -> Floats:
    """Lay each channel together: (N, H, W, 3) to float32 (3, N, H, W), quicker to work on."""
    return images.transpose(3, 0, 1, 2).astype(np.float32, order="C")


def from_planes(planes: Images) -> Images:
    """Put the channels of a pixel beside each other again: (3, N, H, W) to (N, H, W, 3)."""
    return np.ascontiguousarray(planes.transpose(1, 2, 3, 0))


def luminance(values: Floats) -> Floats:
    """Return the grey of colours (..., 3) with the weights of Rec. 601."""
    grey = values[..., 0] * np.float32(0.299)
    grey += values[..., 1] * np.float32(0.587)
    grey += values[..., 2] * np.float32(0.114)
    return grey
