"""Images with a table of labels beside them: a CSV file of file names and classes."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.vision.datasets.label_names import normal_form
from core.vision.datasets.part_names import part_of

LAYOUTS = (
    "a folder of images for each of two or more classes, those below folders such as train and "
    "test, or images with a CSV file of their names and labels"
)
TABLES = (".csv", ".tsv")
FILE_COLUMNS = (
    "file_name",
    "filename",
    "file",
    "image_path",
    "filepath",
    "file_path",
    "path",
    "image",
    "image_name",
    "image_id",
    "img",
    "img_name",
    "id_code",
    "id",
    "name",
)
LABEL_COLUMNS = (
    "class_name",
    "label_name",
    "label",
    "labels",
    "class",
    "category",
    "target",
    "breed",
    "species",
    "diagnosis",
    "dx",
    "y",
    "class_id",
    "label_id",
)
PART_COLUMNS = ("split", "set", "subset", "part", "partition", "data_set", "dataset")
UNLABELLED = ("submission", "sample")


@dataclass(frozen=True)
class LabelTable:
    """A table: its rows as (file, label, part or None) in order."""

    path: Path
    rows: tuple[tuple[str, str, str | None], ...]


def read_tables(tables: list[Path]) -> tuple[list[LabelTable], list[str]]:
    """The tables of labels among some files, and notes on those that are none.

    Raises:
        InputError: a table that is not text in UTF-8, or a row without a label.
    """
    found, notes = [], []
    for path in tables:
        table = None if _is_example(path) else _read(path)
        if table is None:
            notes.append(f"{path.name}: no table of files and labels, ignored")
        else:
            found.append(table)
    return found, notes


def assign(
    tables: list[LabelTable], images: list[Path], root: Path
) -> tuple[dict[str | None, list[tuple[Path, str]]], list[Path]]:
    """Each part's images with their labels, by path, and the images that no table names.

    A table names an image by its path from the table's folder or from `root`, or by its name, with
    or without suffix, where that is the only one.

    Raises:
        InputError: a file that is not there, named by two images, or labelled twice.
    """
    lookup: dict[str, list[Path]] = defaultdict(list)
    for image in images:
        relative = image.relative_to(root)
        for key in {image.name, image.stem, str(relative), str(relative.with_suffix(""))}:
            lookup[normal_form(key)].append(image)
    parts: dict[str | None, list[tuple[Path, str]]] = defaultdict(list)
    labelled: dict[Path, Path] = {}
    for table in tables:
        own = part_of(table.path.stem)
        for file, label, part in table.rows:
            image = _found(file, table.path, root, lookup)
            if image in labelled:
                raise InputError(
                    f"expected each image once in {table.path}, found {file} again"
                    + ("" if labelled[image] == table.path else f" (in {labelled[image].name})")
                )
            labelled[image] = table.path
            parts[part or own].append((image, label))
    for rows in parts.values():
        rows.sort()
    return dict(parts), [image for image in images if image not in labelled]


def _found(file: str, table: Path, root: Path, lookup: dict[str, list[Path]]) -> Path:
    name = normal_form(file.strip().replace("\\", "/").removeprefix("./"))
    try:
        beside = table.parent.relative_to(root)
    except ValueError:
        beside = Path()
    for key in (str(beside / name), name, Path(name).name):
        choices = lookup.get(key, [])
        if len(choices) == 1:
            return choices[0]
        if choices:
            raise InputError(
                f"expected one image {file} for {table}, found {len(choices)}: name them by their "
                "path"
            )
    raise InputError(f"expected the image {file} that {table} names below {root}, found none")


def _is_example(path: Path) -> bool:
    return any(word in path.stem.lower() for word in UNLABELLED)


def _read(path: Path) -> LabelTable | None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            delimiter = max("\t;,|", key=head.count)
            columns = [name.strip().strip('"').lower() for name in head.split(delimiter)]
            file_column = _column(columns, FILE_COLUMNS)
            label_column = _column(columns, LABEL_COLUMNS)
            part_column = _column(columns, PART_COLUMNS)
            if file_column is None or label_column is None:
                return None
            rows = []
            for number, row in enumerate(csv.reader(file, delimiter=delimiter), start=2):
                if not any(row):
                    continue
                if len(row) <= max(file_column, label_column) or not row[label_column].strip():
                    raise InputError(f"expected a file and a label in line {number} of {path}")
                part = None
                if part_column is not None and len(row) > part_column:
                    part = part_of(row[part_column])
                rows.append((row[file_column], normal_form(row[label_column].strip()), part))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"expected a table in UTF-8 in {path}, found one that cannot be read: {error}"
        ) from error
    return LabelTable(path, tuple(rows))


def _column(columns: list[str], choices: tuple[str, ...]) -> int | None:
    return next((columns.index(name) for name in choices if name in columns), None)
