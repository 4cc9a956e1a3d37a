"""Parquet files as data-set hubs lay them out: encoded images and labels in columns."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import InputError
from core.vision.datasets.image_set import Images, ImageSet, Rows
from core.vision.datasets.parquet_images import ParquetImages
from core.vision.datasets.splits import OfficialParts

IMAGE_COLUMNS = ("image", "img")
LABEL_COLUMNS = ("label", "fine_label", "labels")
LARGEST_HELD_BYTES = 2 << 30  # larger parts are decoded batch by batch
PART_NAMES = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
}
_PART = re.compile(r"^(train|validation|valid|val|test)(?![a-z])", re.IGNORECASE)


def load(
    folder: Path, image_size: int | None, class_names: Sequence[str] | None = None
) -> OfficialParts:
    """The Parquet files in `folder` (or the one file it names).

    A file belongs to the part that its name begins with (train-, validation-, test-), or else to
    the part that a folder below `folder` is named after; files that name no part are divided. The
    image column holds encoded bytes or a struct with `bytes`, the label column whole numbers from
    0. Classes are named by `class_names`, else by the files' metadata, else by their numbers. A
    part that would need more than 2 GiB decoded is decoded on demand.

    Raises:
        InputError: no files, another layout, an unreadable image, a label without a class; the
            sentence names the file and the row.
    """
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.parquet"))
    if not files:
        raise InputError(f"expected Parquet files in {folder}, found none")
    parts: dict[str, list[Path]] = {}
    for file in files:
        parts.setdefault(_part_of(file, folder), []).append(file)
    tables = {part: [_Table(file) for file in members] for part, members in parts.items()}
    every = [table for members in tables.values() for table in members]
    names = _class_names(every, class_names)
    for table in every:
        table.check_labels(len(names))
    sets = {part: _image_set(members, image_size, names) for part, members in tables.items()}
    return OfficialParts(
        train=sets.get("train"), validation=sets.get("validation"), test=sets.get("test")
    )


class _Table:
    """One file: its columns found and checked, its labels read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.file = pq.ParquetFile(path)
            self.image_column = self._column(IMAGE_COLUMNS)
            self.label_column = self._column(LABEL_COLUMNS)
            labels = self.file.read(columns=[self.label_column]).column(0)
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                f"expected a Parquet file in {path}, found one that cannot be read: {error}"
            ) from error
        image_type = self.file.schema_arrow.field(self.image_column).type
        if not _is_binary(image_type) and not (
            pa.types.is_struct(image_type) and image_type.get_field_index("bytes") >= 0
        ):
            raise InputError(
                f"expected encoded bytes or a struct with bytes in column {self.image_column} of "
                f"{path}, found {image_type}"
            )
        if not pa.types.is_integer(labels.type):
            raise InputError(
                f"expected whole numbers in column {self.label_column} of {path}, found "
                f"{labels.type}"
            )
        if labels.null_count:
            row = int(np.flatnonzero(labels.is_null().to_numpy())[0])
            raise InputError(f"expected a label in row {row} of {path}, found none")
        self.labels: Rows = labels.to_numpy().astype(np.int64)

    def _column(self, choices: tuple[str, ...]) -> str:
        names = self.file.schema_arrow.names
        for choice in choices:
            if choice in names:
                return choice
        raise InputError(
            f"expected a column {' or '.join(choices)} in {self.path}, found {', '.join(names)}"
        )

    def named_classes(self) -> tuple[str, ...] | None:
        """Class names from the hub's metadata in the file, if it has them."""
        metadata = (self.file.schema_arrow.metadata or {}).get(b"huggingface")
        try:
            names = json.loads(metadata or b"")["info"]["features"][self.label_column]["names"]
        except (ValueError, KeyError, TypeError):
            return None
        return tuple(str(name) for name in names)

    def check_labels(self, class_count: int) -> None:
        """Refuse the first label outside 0..class_count - 1."""
        outside = np.flatnonzero((self.labels < 0) | (self.labels >= class_count))
        if outside.size:
            row = int(outside[0])
            raise InputError(
                f"expected labels in 0..{class_count - 1}, found {int(self.labels[row])} in row "
                f"{row} of {self.path}"
            )


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _part_of(file: Path, root: Path) -> str:
    match = _PART.match(file.stem)
    if match:
        return PART_NAMES[match[1].lower()]
    folders = file.relative_to(root).parts[:-1] if root.is_dir() else ()
    for name in reversed(folders):
        if name.lower() in PART_NAMES:
            return PART_NAMES[name.lower()]
    return "train"


def _class_names(tables: list[_Table], given: Sequence[str] | None) -> tuple[str, ...]:
    if given is not None:
        return tuple(given)
    for table in tables:
        names = table.named_classes()
        if names:
            return names
    highest = max((int(table.labels.max()) for table in tables if len(table.labels)), default=0)
    return tuple(str(number) for number in range(highest + 1))


def _image_set(
    tables: list[_Table], image_size: int | None, class_names: tuple[str, ...]
) -> ImageSet:
    encoded = ParquetImages(
        [table.path for table in tables], [table.image_column for table in tables], image_size
    )
    images: Images = encoded
    if len(encoded) * encoded.bytes_per_image <= LARGEST_HELD_BYTES:
        images = encoded[:]
    return ImageSet(
        images=images,
        labels=np.concatenate([table.labels for table in tables]),
        sample_ids=np.arange(len(encoded), dtype=np.int64),
        class_names=class_names,
    )
