"""Images that lie encoded in Parquet files, decoded when asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import InputError
from core.vision.datasets.decoding import decode_image, stack_images
from core.vision.datasets.image_set import ImageArray, Rows


class ParquetImages:
    """The images of several files in order; one row group is held encoded at a time.

    Reading in order is fast. Reading at random takes a row group for nearly every image, so
    training on files too large to be held wants small row groups.

    Args:
        paths: the files.
        columns: the image column of each.
        size: side in pixels to resize to; None wants all images equally large.

    Raises:
        InputError: an image is missing, unreadable or of another size, on reading it.
    """

    def __init__(self, paths: Sequence[Path], columns: Sequence[str], size: int | None) -> None:
        self._paths = tuple(paths)
        self._columns = tuple(columns)
        self._size = size
        self._files = [pq.ParquetFile(path) for path in paths]
        # one row each: file, row group, its first row in the file, its first row over all files
        groups = []
        total = 0
        for number, file in enumerate(self._files):
            first_in_file = 0
            for group in range(file.num_row_groups):
                count = file.metadata.row_group(group).num_rows
                groups.append((number, group, first_in_file, total))
                first_in_file += count
                total += count
        self._groups = groups
        self._starts = np.array([group[3] for group in groups], dtype=np.int64)
        self._length = total
        self._held: tuple[int, pa.Array] | None = None
        first = np.zeros(min(1, total), dtype=np.int64)
        self._shape = next((image.shape for image, _ in self._decoded(first)), (0, 0, 3))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, rows: slice | Rows, /) -> ImageArray:
        wanted = np.arange(self._length)[rows]
        return stack_images(self._decoded(wanted), len(wanted), shape=self._shape)

    @property
    def bytes_per_image(self) -> int:
        """Size of a decoded image, that of the first one."""
        return math.prod(self._shape)

    def describe(self) -> str:
        """Every file's name and metadata: rows, sizes and offsets of its row groups."""
        return (
            "\n".join(
                f"{path.name} {path.stat().st_size} {file.metadata.to_dict()}"
                for path, file in zip(self._paths, self._files, strict=True)
            )
            + f"\nsize {self._size}"
        )

    def _decoded(self, rows: Rows) -> Iterator[tuple[ImageArray, str]]:
        for row in rows.tolist():
            position = int(np.searchsorted(self._starts, row, side="right")) - 1
            number, _, first_in_file, first = self._groups[position]
            encoded = self._encoded(position)[row - first].as_py()
            where = f"row {first_in_file + row - first} of {self._paths[number]}"
            if encoded is None:
                raise InputError(f"expected an image in {where}, found none")
            yield decode_image(encoded, self._size, where=where), where

    def _encoded(self, position: int) -> pa.Array:
        if self._held is None or self._held[0] != position:
            number, group, _, _ = self._groups[position]
            table = self._files[number].read_row_group(group, columns=[self._columns[number]])
            images = table.column(0).combine_chunks()
            if pa.types.is_struct(images.type):
                images = images.field("bytes")
            self._held = (position, images)
        return self._held[1]
