"""Images and labels as NumPy arrays: .npz files, or .npy files that belong together by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.vision.arrays_on_disk import open_array
from core.vision.datasets.file_listing import list_files
from core.vision.datasets.image_set import ImageArray, ImageSet, Rows
from core.vision.datasets.label_names import from_zero
from core.vision.datasets.part_names import part_of
from core.vision.datasets.resizing import LEVELS_OF_16_BITS, resize_images
from core.vision.datasets.splits import OfficialParts

SUFFIXES = (".npy", ".npz")
NAME_KEYS = ("label_names", "class_names", "classes", "names")
CHANNELS = (1, 3)
_KINDS = re.compile(
    r"(?<![a-z])(images?|imgs?|data|labels?|targets?|classes|[xy])(?![a-z])", re.IGNORECASE
)

Arrays = dict[str, NDArray[Any]]


def load(
    folder: Path, image_size: int | None, class_names: Sequence[str] | None = None
) -> OfficialParts:
    """The arrays of a folder, or of the file that `folder` names and the one that belongs to it.

    Images are uint8 or uint16 (N, H, W), (N, H, W, 1 or 3) or (N, 3, H, W); labels whole numbers
    (N,) from 0 or 1. Which belong together their names say, but for words such as images and labels
    (`cifar10.1_v6_data.npy` and `cifar10.1_v6_labels.npy`), and so they do the part; arrays that
    name no part are divided. The names of classes may stand in an .npz file as label_names.

    Raises:
        InputError: no arrays, arrays of another kind or shape, or several that might be meant.
    """
    files = _files(folder)
    arrays, names = _read(files)
    pairs = _pairs(arrays, folder)
    parts: dict[str, tuple[str, str]] = {}
    for base, pair in pairs.items():
        part = part_of(base) or "train"
        if part in parts:
            raise InputError(
                f"expected one array of images for each part in {folder}, found "
                f"{parts[part][0]} and {pair[0]}: give the file itself"
            )
        parts[part] = pair
    labels = {label: _labels(arrays[label], label, folder) for _, label in parts.values()}
    named = class_names or names
    numbered, classes, notes = from_zero(labels, named)
    sets = {}
    for part, (image, label) in parts.items():
        images = _images(arrays[image], f"{image} of {folder}", image_size)
        if len(images) != len(numbered[label]):
            raise InputError(
                f"expected a label for each of the {len(images)} images of {image} in {folder}, "
                f"found {len(numbered[label])} in {label}"
            )
        notes.append(f"{part}: {image} with {label}")
        sets[part] = ImageSet(
            images=images,
            labels=numbered[label],
            sample_ids=np.arange(len(images), dtype=np.int64),
            class_names=classes,
        )
    return OfficialParts(**sets, report=tuple(notes))


def as_images(array: NDArray[Any], where: str) -> ImageArray:
    """An array of images as uint8 (N, H, W) or (N, H, W, 3); of 16 bits v / 257, rounded.

    Raises:
        InputError: another type or shape.
    """
    if array.dtype not in (np.uint8, np.uint16) or array.ndim not in (3, 4):
        raise InputError(
            f"expected uint8 images (N, H, W), (N, H, W, 1) or (N, H, W, 3) in {where}, found "
            f"{array.dtype} of shape {array.shape}"
        )
    if array.ndim == 4 and array.shape[3] not in CHANNELS:
        if array.shape[1] not in CHANNELS:
            raise InputError(
                f"expected images of 1 or 3 channels in {where}, found shape {array.shape}"
            )
        array = np.moveaxis(array, 1, 3)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.dtype == np.uint16:
        array = np.rint(array / LEVELS_OF_16_BITS).astype(np.uint8)
    images: ImageArray = array
    return images


def _files(folder: Path) -> list[Path]:
    if not folder.is_file():
        files = list_files(folder, SUFFIXES).files
        if not files:
            raise InputError(f"expected .npy or .npz arrays in {folder}, found none")
        return files
    if folder.suffix != ".npy":
        return [folder]
    beside = list_files(folder.parent, SUFFIXES[:1]).files
    return [path for path in beside if _base(path.stem) == _base(folder.stem)]


def _read(files: list[Path]) -> tuple[Arrays, tuple[str, ...] | None]:
    arrays: Arrays = {}
    names = None
    for path in files:
        if path.suffix == ".npy":
            arrays[path.stem] = open_array(path)
            continue
        try:
            with np.load(path, allow_pickle=False) as content:
                for key in content.files:
                    if key in NAME_KEYS:
                        names = _names(content, key)
                    else:
                        _take(arrays, content, key, path)
        except (ValueError, OSError, EOFError) as error:
            raise InputError(f"expected a whole .npz file at {path}, found: {error}") from error
    return arrays, names


def _take(arrays: Arrays, content: Any, key: str, path: Path) -> None:
    """One array of an .npz file, by file and key; what is pickled is left out."""
    try:
        arrays[f"{path.stem} {key}"] = content[key]
    except ValueError:
        return


def _names(content: Any, key: str) -> tuple[str, ...] | None:
    try:
        return tuple(str(name) for name in content[key].tolist())
    except ValueError:
        return None


def _base(name: str) -> str:
    """What is left of a name without the words that say what kind of array it is."""
    return re.sub(r"[^a-z0-9]+", "_", _KINDS.sub("", name).lower()).strip("_")


def _pairs(arrays: Arrays, folder: Path) -> dict[str, tuple[str, str]]:
    """Images and labels that belong together, by what their names have in common."""
    images = {name: _base(name) for name, array in arrays.items() if array.ndim >= 3}
    labels = {
        name: _base(name)
        for name, array in arrays.items()
        if array.dtype.kind in "iu"
        and (array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1))
    }
    pairs = {}
    for image, base in images.items():
        own = [label for label, other in labels.items() if other == base]
        own = [label for label in own if _says_label(label)] or own
        if len(images) == len(labels) == 1:
            own = list(labels)
        if len(own) != 1 or base in pairs:
            raise InputError(
                f"expected an array of images and one of labels for each part in {folder}, found "
                f"{', '.join(sorted(arrays)) or 'none'}"
            )
        pairs[base] = (image, own[0])
    if not pairs:
        raise InputError(
            f"expected an array of images (N, H, W, 3) in {folder}, found "
            + ", ".join(f"{name} {array.shape}" for name, array in sorted(arrays.items()))
        )
    return pairs


def _says_label(name: str) -> bool:
    return re.search(r"(?<![a-z])(labels?|targets?|y)(?![a-z])", name, re.IGNORECASE) is not None


def _labels(array: NDArray[Any], name: str, folder: Path) -> Rows:
    if array.dtype.kind not in "iu":
        raise InputError(
            f"expected whole numbers in {name} of {folder}, found {array.dtype} of {array.shape}"
        )
    return np.asarray(array, dtype=np.int64).reshape(-1)


def _images(array: NDArray[Any], where: str, image_size: int | None) -> ImageArray:
    # a copy, since the file is mapped read-only
    return resize_images(np.array(as_images(array, where)), image_size)
