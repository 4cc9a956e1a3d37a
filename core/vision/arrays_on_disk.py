"""NumPy files of images, memory-mapped: only the rows asked for are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.vision.datasets.image_set import ImageArray, Rows
from core.vision.datasets.resizing import resize_images

GREY_WITH_CHANNEL = 4


@dataclass(frozen=True, eq=False)
class ArrayImages:
    """Some rows of a memory-mapped array of images, in the order of ``rows``.

    Attributes:
        path: the file.
        array: uint8 (M, H, W, 3), memory-mapped; also (M, H, W) and (M, H, W, 1).
        rows: int64 (N,).
        size: side in pixels to resize to; None keeps the images as they are.
    """

    path: Path
    array: ImageArray
    rows: Rows
    size: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: slice | Rows, /) -> ImageArray:
        images = np.asarray(self.array[self.rows[rows]])
        if images.ndim == GREY_WITH_CHANNEL and images.shape[3] == 1:
            images = images[..., 0]
        return resize_images(images, self.size)

    def describe(self) -> str:
        """The file's name, size and time, and the rows."""
        status = self.path.stat()
        return f"{self.path.name} {status.st_size} {status.st_mtime_ns}\n{self.rows.tolist()}"


def open_array(path: Path) -> NDArray[Any]:
    """Map a .npy file into memory, read-only.

    Raises:
        InputError: no such file, not a .npy file, one that holds Python objects, or cut short.
    """
    if not path.is_file():
        raise InputError(f"expected a .npy file at {path}, found none")
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(
            f"expected a whole .npy file at {path}, found one that is cut short or damaged "
            f"({path.stat().st_size} bytes)"
        ) from error
    return array
