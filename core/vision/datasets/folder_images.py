"""Image files on disk, decoded when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from core.vision.datasets.decoding import decode_image, stack_images
from core.vision.datasets.image_set import ImageArray, Rows
from core.vision.datasets.label_names import normal_form


@cache
def image_suffixes() -> frozenset[str]:
    """Suffixes of the formats that can be read, in lower case."""
    formats = Image.registered_extensions()
    return frozenset(suffix for suffix, kind in formats.items() if kind in Image.OPEN)


class FolderImages:
    """Image files (at least one) in a fixed order, decoded when asked for.

    Raises:
        InputError: a file is unreadable or of another size than the first, on reading it; the
            first one is read at once.
    """

    def __init__(self, folder: Path, paths: Sequence[Path], size: int | None) -> None:
        self._folder = folder
        self._paths = tuple(paths)
        self._size = size
        first = decode_image(self._paths[0], size, where=str(self._paths[0]))
        self._shape = first.shape

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, rows: slice | Rows, /) -> ImageArray:
        wanted = np.arange(len(self._paths))[rows]
        return stack_images(self._decoded(wanted), len(wanted), shape=self._shape)

    def describe(self) -> str:
        """Every file's path in the folder and its size in bytes."""
        files = (f"{path.relative_to(self._folder)} {path.stat().st_size}" for path in self._paths)
        return "\n".join(files) + f"\nsize {self._size}"

    def names(self) -> list[str]:
        """Every file's path in the folder without its suffix, in one normal form."""
        relative = (path.relative_to(self._folder) for path in self._paths)
        return [normal_form(path.with_suffix("").as_posix()) for path in relative]

    def _decoded(self, rows: Rows) -> Iterator[tuple[ImageArray, str]]:
        for row in rows.tolist():
            path = self._paths[row]
            yield decode_image(path, self._size, where=str(path)), str(path)
