"""A folder of images: one folder a class, below parts or directly, or a table of labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.vision.datasets.file_listing import is_of_a_tool, list_files, subfolders
from core.vision.datasets.folder_images import FolderImages, image_suffixes
from core.vision.datasets.image_set import ImageSet
from core.vision.datasets.label_names import normal_form
from core.vision.datasets.labelled_files import LAYOUTS, TABLES
from core.vision.datasets.labelled_sets import parts_of_table, read_labelled
from core.vision.datasets.part_names import part_of
from core.vision.datasets.splits import OfficialParts

SHOWN = 3


def load(
    folder: Path, image_size: int | None, class_names: Sequence[str] | None = None
) -> OfficialParts:
    """The images below `folder`, decoded when asked for.

    Either `folder` holds class folders, to be divided; or it holds folders whose names say train,
    validation or test, with class folders in each; or it holds images and CSV files that label
    them. Where there is a validation part but no test part, as in ImageNet, it is the test set.
    Classes are the folders' names in order, the same in each part; files are ordered by class and
    by their path, so that the ids stay. Hidden files and those of tools are no images.

    Raises:
        InputError: none of these layouts, an empty class, a part whose classes differ, folders
            that may be parts or classes, a dead link, a file that is not an image; the sentence
            names it.
    """
    notes: list[str] = []
    root = _inner(folder, notes)
    labelled = read_labelled(root, notes)
    if labelled is not None:
        return parts_of_table(root, labelled, image_size, class_names, notes)
    parts = _part_folders(root, notes) or {"train": root}
    folders = {part: _class_folders(place) for part, place in parts.items()}
    classes = list(next(iter(folders.values())))
    for part, found in folders.items():
        if list(found) != classes:
            raise InputError(
                f"expected the classes {', '.join(classes)} in {parts[part]}, found "
                f"{', '.join(found)}"
            )
    _check_no_splits(folders["train"] if "train" in folders else folders["test"], root)
    if len(classes) < 2:
        raise InputError(f"expected {LAYOUTS} in {root}, found one class, {classes[0]}")
    if class_names is not None and len(class_names) != len(classes):
        raise InputError(
            f"expected {len(classes)} class names for the class folders of {folder}, found "
            f"{len(class_names)}"
        )
    names = tuple(class_names or classes)
    sets = {}
    for part, found in folders.items():
        paths, labels, ignored = _labelled_paths(found)
        if ignored:
            notes.append(f"ignored in {part}: {ignored}")
        sets[part] = ImageSet(
            images=FolderImages(parts[part], paths, image_size),
            labels=np.array(labels, dtype=np.int64),
            sample_ids=np.arange(len(paths), dtype=np.int64),
            class_names=names,
        )
    return OfficialParts(**sets, report=tuple(notes))


def _inner(folder: Path, notes: list[str]) -> Path:
    """The folder itself, or the only one in it that holds folders, as archives are unpacked."""
    if not folder.is_dir():
        raise InputError(f"expected a folder of images at {folder}, found a file")
    inside = subfolders(folder)
    if len(inside) != 1 or part_of(inside[0].name) or _images_directly(folder):
        return folder
    if any(path.suffix.lower() in TABLES for path in folder.iterdir()):
        return folder
    if len(subfolders(inside[0])) < 2 or _images_directly(inside[0]):
        return folder
    notes.append(f"read {inside[0].name}, the only folder of {folder.name}")
    return inside[0]


def _images_directly(folder: Path) -> bool:
    suffixes = image_suffixes()
    return any(
        path.suffix.lower() in suffixes and not is_of_a_tool(path.name) and path.is_file()
        for path in folder.iterdir()
    )


def _part_folders(root: Path, notes: list[str]) -> dict[str, Path]:
    """The folders that are parts: they are called so and hold class folders, not images."""
    parts: dict[str, Path] = {}
    flat: list[str] = []
    others: list[Path] = []
    for place in subfolders(root):
        part = part_of(place.name)
        if part is None:
            others.append(place)
        elif _images_directly(place) or not subfolders(place):
            flat.append(place.name)
        elif part in parts:
            raise InputError(
                f"expected one folder for the {part} part in {root}, found {parts[part].name} and "
                f"{place.name}"
            )
        else:
            parts[part] = _inner(place, notes)
    if not parts:
        if len(flat) > 1:
            raise InputError(
                f"expected {LAYOUTS} in {root}, found images without classes in {', '.join(flat)}"
            )
        return {}
    if len(parts) == 1 and "validation" not in parts and any(map(_images_directly, others)):
        (name,) = (place.name for place in parts.values())
        if len(others) > 1 or "test" not in parts:
            raise InputError(
                f"expected class folders, or parts that hold them, in {root}, found both: {name} "
                f"beside {', '.join(place.name for place in others)}"
            )
    read = ", ".join(f"{place.name} for {part}" for part, place in sorted(parts.items()))
    notes.append(f"parts by their names: {read}")
    notes += [f"{name}: images without classes, ignored" for name in flat]
    notes += [f"{place.name}: neither a part nor within one, ignored" for place in others]
    if "test" not in parts and "validation" in parts:
        notes.append(f"{parts['validation'].name} is the test set, since there is no other")
        parts["test"] = parts.pop("validation")
    ordered = [part for part in ("train", "validation", "test") if part in parts]
    return {part: parts[part] for part in ordered}


def _class_folders(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for place in subfolders(folder):
        name = normal_form(place.name)
        if name in found:
            raise InputError(f"expected one folder for the class {name} in {folder}, found two")
        found[name] = place
    if not found:
        raise InputError(
            f"expected a folder of images for each class in {folder}, found none; a data set is "
            f"{LAYOUTS}"
        )
    return dict(sorted(found.items()))


def _check_no_splits(classes: dict[str, Path], root: Path) -> None:
    """Refuse folders that hold nothing but the same folders: they divide the classes."""
    inside = {
        name: tuple(normal_form(one.name) for one in subfolders(place))
        for name, place in classes.items()
        if not _images_directly(place)
    }
    for name, inner in inside.items():
        alike = [other for other, found in inside.items() if found == inner]
        if len(inner) > 1 and len(alike) > 1:
            raise InputError(
                f"expected {LAYOUTS} in {root}, found {len(alike)} folders that look like splits: "
                f"{', '.join(alike)} all hold {', '.join(inner[:4])}; name them train and test, or "
                f"give the folder {name} alone"
            )


def _labelled_paths(classes: dict[str, Path]) -> tuple[list[Path], list[int], str]:
    """The images of class folders, their labels, and what was left out."""
    paths: list[Path] = []
    labels: list[int] = []
    ignored = []
    for label, place in enumerate(classes.values()):
        listing = list_files(place, image_suffixes())
        if not listing.files:
            raise InputError(f"expected images in {place}, found none")
        paths += listing.files
        labels += [label] * len(listing.files)
        ignored += [f"{place.name}: {left}" for left in [listing.ignored()] if left]
    more = f" and {len(ignored) - SHOWN} more" if len(ignored) > SHOWN else ""
    return paths, labels, "; ".join(ignored[:SHOWN]) + more
