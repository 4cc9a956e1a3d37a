"""Corrupted versions of a test set in the layouts that they are published in, found in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.corruptions import SEVERITIES
from core.errors import InputError
from core.vision.arrays_on_disk import open_array
from core.vision.datasets.file_listing import subfolders

UNCHANGED = "identity"  # MNIST-C's copy of the clean images
IMAGES_OF_MNIST_C = "test_images.npy"
NO_CORRUPTION = ("labels", "test_labels", "train_labels", "train_images", "test_images")
_NAMED = re.compile(r"(?P<corruption>[A-Za-z0-9_-]*?[A-Za-z])[_-]?(?P<severity>[1-5])")


@dataclass(frozen=True)
class ConditionFolder:
    """A version of the test set: its corruption, its severity, and the folder or file of it.

    `category` is what the corruption is filed under, where the layout says so.
    """

    corruption: str
    severity: int
    path: Path
    category: str | None = None


def condition_folders(root: Path, image_count: int | None = None) -> tuple[ConditionFolder, ...]:
    """List what a folder holds, by corruption and severity.

    The layouts: `fog/3/class/file` (ImageNet-C), the same below categories
    (`weather/fog/3/class/file`), `fog.npy` with five severities (CIFAR-10-C, CIFAR-10-C-bar) or
    with one, `fog_3.npy` or `fog/3.npy`, and `fog/test_images.npy` (MNIST-C, of one severity).

    Args:
        root: the folder.
        image_count: of the test set's files; tells an array of one severity from one of five.

    Raises:
        InputError: no folder, or nothing in it like these.
    """
    if not root.is_dir():
        raise InputError(f"expected a folder corruption/severity/class/file at {root}, found none")
    found = [*_folders(root, None), *_arrays(root, image_count)]
    for place in subfolders(root):
        if not found or not any(one.path.parent == place for one in found):
            found += _folders(place, _name(place.name))
    if not found:
        raise InputError(
            f"expected folders corruption/severity such as fog/3 in {root}, or arrays such as "
            "fog.npy, found none"
        )
    return tuple(sorted(found, key=lambda one: (one.corruption, one.severity)))


def _name(text: str) -> str:
    """A corruption's or category's name as conditions are named here."""
    return re.sub(r"[^a-z0-9_-]+", "_", text.lower()).strip("_-")


def _folders(root: Path, category: str | None) -> Iterator[ConditionFolder]:
    for place in subfolders(root):
        for severity in SEVERITIES:
            if (place / str(severity)).is_dir():
                path = place / str(severity)
                yield ConditionFolder(_name(place.name), severity, path, category)


def _arrays(root: Path, image_count: int | None) -> Iterator[ConditionFolder]:
    for path in sorted(root.glob("*.npy")):
        if path.name.startswith(".") or path.stem in NO_CORRUPTION:
            continue
        named = _NAMED.fullmatch(path.stem)
        count = len(open_array(path))
        if image_count is not None and count == image_count * len(SEVERITIES):
            yield from (ConditionFolder(_name(path.stem), one, path) for one in SEVERITIES)
        elif named:
            yield ConditionFolder(_name(named["corruption"]), int(named["severity"]), path)
        elif image_count is None and count % len(SEVERITIES) == 0:
            yield from (ConditionFolder(_name(path.stem), one, path) for one in SEVERITIES)
        else:
            yield ConditionFolder(_name(path.stem), 1, path)
    for place in subfolders(root):
        if (place / IMAGES_OF_MNIST_C).is_file() and place.name != UNCHANGED:
            yield ConditionFolder(_name(place.name), 1, place / IMAGES_OF_MNIST_C)
        for severity in SEVERITIES:
            if (place / f"{severity}.npy").is_file():
                yield ConditionFolder(_name(place.name), severity, place / f"{severity}.npy")
