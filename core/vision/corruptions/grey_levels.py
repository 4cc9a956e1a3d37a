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


def luminance(values: Floats) -> Floats:
    """Return the grey of colours (..., 3) with the weights of Rec. 601."""
    grey = values[..., 0] * np.float32(0.299)
    grey += values[..., 1] * np.float32(0.587)
    grey += values[..., 2] * np.float32(0.114)
    return grey
