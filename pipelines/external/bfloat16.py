"""Numbers of bfloat16, which NumPy does not have: read as they lie, widened exactly."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def raw_bfloat16(path: Path, name: str) -> NDArray[np.uint16]:
    """A tensor of two-byte numbers as it lies in a safetensors file, memory-mapped."""
    with path.open("rb") as file:
        header_length = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(header_length))[name]
    start, _ = entry["data_offsets"]
    shape = tuple(entry["shape"])
    if not math.prod(shape):
        return np.zeros(shape, np.uint16)
    return np.memmap(path, "<u2", "r", offset=8 + header_length + start, shape=shape)


def from_bfloat16(values: NDArray[np.uint16]) -> NDArray[np.float32]:
    """The numbers that bfloat16 stands for: it is the upper half of float32."""
    numbers: NDArray[np.float32] = (values.astype(np.uint32) << 16).view(np.float32)
    return numbers
