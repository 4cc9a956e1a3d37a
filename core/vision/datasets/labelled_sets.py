"""A data set of images that a table labels: its parts, its classes, what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.vision.datasets.file_listing import list_files
from core.vision.datasets.folder_images import FolderImages, image_suffixes
from core.vision.datasets.image_set import ImageSet
from core.vision.datasets.label_names import normal_form
from core.vision.datasets.labelled_files import LAYOUTS, TABLES, assign, read_tables
from core.vision.datasets.part_names import part_of
from core.vision.datasets.splits import OfficialParts

Labelled = dict[str | None, list[tuple[Path, str]]]


def read_labelled(root: Path, notes: list[str]) -> Labelled | None:
    """The images and labels of the CSV files below a folder; None where folders say the class.

    Args:
        root: the folder.
        notes: gets a sentence on each file that was used or left out.

    Raises:
        InputError: a table that does not fit the images, or images without a label among others.
    """
    if not list_files(root, TABLES).files:
        return None
    tables, not_used = read_tables(list_files(root, TABLES).files)
    if not tables:
        return None
    images = list_files(root, image_suffixes()).files
    by_folder = {image.parent.name for image in images if image.parent != root}
    try:
        parts, left = assign(tables, images, root)
    except InputError:
        if len(by_folder) > 1 and not all(map(part_of, by_folder)):
            notes += [f"{table.path.name}: does not name these images, ignored" for table in tables]
            return None
        raise
    every = [pair for rows in parts.values() for pair in rows]
    if all(normal_form(image.parent.name) == label for image, label in every):
        return None
    places = {image.parent for image, _ in every}
    beside = [image for image in left if image.parent in places]
    if beside:
        raise InputError(
            f"expected a label for each image in {', '.join(t.path.name for t in tables)}, found "
            f"none for {beside[0].relative_to(root)}, the first of {len(beside)} of "
            f"{len(beside) + len(every)}; a data set is {LAYOUTS}"
        )
    notes += not_used
    notes.append(f"labels from {', '.join(str(t.path.relative_to(root)) for t in tables)}")
    if left:
        notes.append(f"{len(left)} images without a label, ignored")
    return parts


def parts_of_table(
    root: Path,
    parts: Labelled,
    image_size: int | None,
    class_names: Sequence[str] | None,
    notes: list[str],
) -> OfficialParts:
    """A data set of labelled images, whose classes are their labels in order.

    Args:
        root: the folder.
        parts: of `read_labelled`; those of no part are divided.
        image_size: side in pixels to resize to; None keeps the images as they are.
        class_names: instead of the labels, in their order; or the labels in another order.
        notes: for the report.

    Raises:
        InputError: one class only, or another number of names.
    """
    found = {label for rows in parts.values() for _, label in rows}
    numbers = all(label.lstrip("-").isdigit() for label in found)
    classes = sorted(found, key=int) if numbers else sorted(found)
    if class_names is not None and not numbers and set(class_names) == found:
        classes = list(class_names)
    if len(classes) < 2:
        raise InputError(f"expected two or more classes in the tables of {root}, found {classes}")
    if class_names is not None and len(class_names) != len(classes):
        raise InputError(
            f"expected {len(classes)} class names for the labels in {root}, found "
            f"{len(class_names)}"
        )
    place = {label: number for number, label in enumerate(classes)}
    if None in parts and set(parts) - {None}:
        parts["train"] = sorted([*parts.pop(None), *parts.get("train", [])])
    elif None in parts:
        parts["train"] = parts.pop(None)
    if "test" not in parts and "validation" in parts:
        parts["test"] = parts.pop("validation")
    sets = {
        str(part): ImageSet(
            images=FolderImages(root, [image for image, _ in rows], image_size),
            labels=np.array([place[label] for _, label in rows], dtype=np.int64),
            sample_ids=np.arange(len(rows), dtype=np.int64),
            class_names=tuple(class_names or classes),
        )
        for part, rows in parts.items()
    }
    return OfficialParts(**sets, report=tuple(notes))
