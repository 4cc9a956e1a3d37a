"""Parquet files as data-set hubs lay them out: encoded images and labels in columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import InputError
from core.vision.datasets.file_listing import list_files
from core.vision.datasets.image_set import Images, ImageSet, Rows
from core.vision.datasets.label_names import from_zero, normal_form
from core.vision.datasets.parquet_images import ParquetImages
from core.vision.datasets.part_names import part_of
from core.vision.datasets.splits import OfficialParts

IMAGE_COLUMNS = ("image", "img")
LABEL_COLUMNS = ("label", "fine_label", "labels")
PARTS_IN_ORDER = ("train", "validation", "test")
UNLABELLED = -1
SHOWN = 10
LARGEST_HELD_BYTES = 2 << 30  # larger parts are decoded batch by batch
SUFFIXES = (".parquet", ".pq")


def load(
    folder: Path, image_size: int | None, class_names: Sequence[str] | None = None
) -> OfficialParts:
    """The Parquet files in `folder` (or the one file it names).

    A file belongs to the part that its name says (train-, validation-, test-), or else to the part
    that a folder below `folder` is named after; files that name no part are divided. The image
    column holds encoded bytes or a struct with `bytes`, the label column whole numbers from 0 or 1,
    or names. Classes are named by `class_names`, else by the metadata of the training files, in
    whose order those of others are put, else by their numbers. A part without labels (-1) is left
    out. A part that would need more than 2 GiB decoded is decoded on demand.

    Raises:
        InputError: no files, another layout, an unreadable image, a label without a class; the
            sentence names the file and the row.
    """
    files = [folder] if folder.is_file() else list_files(folder, SUFFIXES).files
    if not files:
        raise InputError(f"expected Parquet files in {folder}, found none")
    notes: list[str] = []
    parts: dict[str, list[Path]] = {}
    for file in files:
        parts.setdefault(_part_of(file, folder), []).append(file)
    tables = {
        part: [_Table(file) for file in parts[part]] for part in PARTS_IN_ORDER if part in parts
    }
    for part, members in list(tables.items()):
        if len(tables) > 1 and all((table.labels == UNLABELLED).all() for table in members):
            notes.append(f"{part}: images without labels (-1), ignored")
            del tables[part]
    every = [table for members in tables.values() for table in members]
    names = _class_names(every, class_names)
    for table in every:
        table.put_in_order(names, checked=class_names is None)
    labels = {str(table.path): table.labels for table in every}
    numbered, names, more = from_zero(labels, names)
    notes += more
    for table in every:
        table.labels = numbered[str(table.path)]
    sets = {part: _image_set(members, image_size, names) for part, members in tables.items()}
    if "test" not in sets and "validation" in sets and "test" in parts:
        notes.append("the validation part is the test set, since the test part has no labels")
        sets["test"] = sets.pop("validation")
    return OfficialParts(**sets, report=tuple(notes))


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
        self.label_names: tuple[str, ...] | None = None
        if pa.types.is_dictionary(labels.type):
            labels = labels.cast(labels.type.value_type)
        if labels.null_count:
            row = int(np.flatnonzero(labels.is_null().to_numpy())[0])
            raise InputError(f"expected a label in row {row} of {path}, found none")
        if pa.types.is_string(labels.type) or pa.types.is_large_string(labels.type):
            found, numbers = np.unique(
                [normal_form(name) for name in labels.to_pylist()], return_inverse=True
            )
            self.label_names = tuple(found.tolist())
            self.labels: Rows = numbers.astype(np.int64)
            return
        if not pa.types.is_integer(labels.type):
            raise InputError(
                f"expected whole numbers in column {self.label_column} of {path}, found "
                f"{labels.type}"
            )
        self.labels = labels.to_numpy().astype(np.int64)

    def _column(self, choices: tuple[str, ...]) -> str:
        names = self.file.schema_arrow.names
        for choice in choices:
            if choice in names:
                return choice
        raise InputError(
            f"expected a column {' or '.join(choices)} in {self.path}, found {', '.join(names)}"
        )

    def named_classes(self) -> tuple[str, ...] | None:
        """Class names: the labels' own, or from the hub's metadata in the file, if it has them."""
        if self.label_names is not None:
            return self.label_names
        metadata = (self.file.schema_arrow.metadata or {}).get(b"huggingface")
        try:
            names = json.loads(metadata or b"")["info"]["features"][self.label_column]["names"]
        except (ValueError, KeyError, TypeError):
            return None
        return tuple(normal_form(str(name)) for name in names)

    def put_in_order(self, names: tuple[str, ...] | None, *, checked: bool) -> None:
        """Number the labels by the data set's classes, where the file has names of its own.

        Raises:
            InputError: other classes than the data set's.
        """
        own = self.named_classes()
        if own is None or names is None or not len(self.labels) or own == names:
            return
        place = {name: number for number, name in enumerate(names)}
        strangers = [name for name in own if name not in place]
        if not strangers:
            self.labels = np.array([place[name] for name in own], dtype=np.int64)[self.labels]
        elif checked:
            raise InputError(
                f"expected the classes {', '.join(names[:SHOWN])} of the training part in "
                f"{self.path}, found {', '.join(strangers[:SHOWN])}"
            )


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _part_of(file: Path, root: Path) -> str:
    folders = file.relative_to(root).parts[:-1] if root.is_dir() else ()
    names = (file.stem, *reversed(folders))
    return next((part for part in map(part_of, names) if part is not None), "train")


def _class_names(tables: list[_Table], given: Sequence[str] | None) -> tuple[str, ...] | None:
    """The data set's classes: those given, or of the first file that has names."""
    if given is not None:
        return tuple(normal_form(name) for name in given)
    of_labels = [table.label_names for table in tables if table.label_names is not None]
    if of_labels:
        return tuple(sorted({name for names in of_labels for name in names}))
    return next((names for names in (t.named_classes() for t in tables) if names), None)


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
