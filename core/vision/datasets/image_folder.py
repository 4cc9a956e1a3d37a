"""A folder with one folder of images a class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from core.errors import InputError
from core.vision.datasets.decoding import decode_image, stack_images
from core.vision.datasets.image_set import ImageArray, ImageSet, Rows
from core.vision.datasets.splits import OfficialParts

PART_FOLDERS = {
    "train": ("train",),
    "validation": ("validation", "valid", "val"),
    "test": ("test",),
}


def load(
    folder: Path, image_size: int | None, class_names: Sequence[str] | None = None
) -> OfficialParts:
    """The images below `folder`, decoded when asked for.

    Either `folder` holds class folders, to be divided; or it holds train/, validation/ (or valid/,
    val/) and test/ with class folders in each. Where there is a validation/ but no test/, as in
    ImageNet, it is the test set. Classes are the folders' names in order, the same in each part;
    files are ordered by class and by their path, so that the ids stay.

    Raises:
        InputError: no class folders, an empty class, a part whose classes differ, a file that is
            not an image; the sentence names it.
    """
    parts = {
        part: folder / name
        for part, names in PART_FOLDERS.items()
        for name in names
        if (folder / name).is_dir()
    }
    if "train" not in parts and "test" not in parts:
        parts = {"train": folder}
    elif "test" not in parts and "validation" in parts:
        parts["test"] = parts.pop("validation")
    classes = _class_folders(next(iter(parts.values())))
    for place in parts.values():
        if _class_folders(place) != classes:
            raise InputError(
                f"expected the classes {', '.join(classes)} in {place}, found "
                f"{', '.join(_class_folders(place))}"
            )
    if class_names is not None and len(class_names) != len(classes):
        raise InputError(
            f"expected {len(classes)} class names for the class folders of {folder}, found "
            f"{len(class_names)}"
        )
    names = tuple(class_names or classes)
    sets = {part: _image_set(place, classes, names, image_size) for part, place in parts.items()}
    return OfficialParts(
        train=sets.get("train"), validation=sets.get("validation"), test=sets.get("test")
    )


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

    def _decoded(self, rows: Rows) -> Iterator[tuple[ImageArray, str]]:
        for row in rows.tolist():
            path = self._paths[row]
            yield decode_image(path, self._size, where=str(path)), str(path)


def _class_folders(folder: Path) -> list[str]:
    found = sorted(
        path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
    if not found:
        raise InputError(f"expected a folder of images for each class in {folder}, found none")
    return found


def _image_set(
    folder: Path, classes: list[str], class_names: tuple[str, ...], image_size: int | None
) -> ImageSet:
    extensions = Image.registered_extensions()
    paths: list[Path] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        files = sorted(
            path
            for path in (folder / name).rglob("*")
            if path.suffix.lower() in extensions and not path.name.startswith(".")
        )
        if not files:
            raise InputError(f"expected images in {folder / name}, found none")
        paths += files
        labels += [label] * len(files)
    return ImageSet(
        images=FolderImages(folder, paths, image_size),
        labels=np.array(labels, dtype=np.int64),
        sample_ids=np.arange(len(paths), dtype=np.int64),
        class_names=class_names,
    )
