"""Versions of a test set from anywhere: made here, or read from a file or a folder.

Every function returns images of the kind that `ImageSet.images` holds, aligned with the test set:
`images[rows]` gives the condition's version of the test set's rows, uint8 (n, H, W, 3), made or
read when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.corruptions import GENERATOR_VERSION, SEVERITIES, check_condition, check_seed, corrupt
from core.corruptions.frost import load_textures
from core.errors import InputError
from core.vision.arrays_on_disk import ArrayImages, open_array
from core.vision.datasets import image_folder, parquet
from core.vision.datasets.file_listing import list_files
from core.vision.datasets.image_set import (
    ImageArray,
    Images,
    ImageSet,
    ImagesOfRows,
    Rows,
    image_names,
)
from core.vision.datasets.label_names import renumbered

SEVERITY_BLOCKS = len(SEVERITIES)
LABEL_FILES = ("labels.npy", "test_labels.npy")
COLOURS = 3


@dataclass(frozen=True, eq=False)
class GeneratedImages:
    """A test set under a corruption, made when asked for and never stored.

    Raises:
        InputError: no such corruption or severity, a bad seed, or no pictures of frost.
    """

    test: ImageSet
    corruption: str
    severity: int
    seed: int = 0
    frost_textures: Path | None = None

    def __post_init__(self) -> None:
        check_condition(self.corruption, self.severity)
        check_seed(self.seed)
        if self.corruption == "frost" and self.frost_textures is not None:
            load_textures(self.frost_textures, self.test.images[:1].shape[1])

    def __len__(self) -> int:
        return len(self.test)

    def __getitem__(self, rows: slice | Rows, /) -> ImageArray:
        return corrupt(
            self.test.images[rows],
            self.corruption,
            self.severity,
            self.seed,
            indices=self.test.sample_ids[rows],
            frost_textures=self.frost_textures,
        )

    def describe(self) -> str:
        """The corruption, its severity, seed and version; the textures where they matter."""
        text = f"generated:{GENERATOR_VERSION} {self.corruption} {self.severity} seed {self.seed}"
        if self.corruption == "frost" and self.frost_textures is not None:
            files = sorted(path for path in self.frost_textures.iterdir() if path.is_file())
            text += "".join(f"\n{path.name} {path.stat().st_size}" for path in files)
        return text


def open_condition(
    path: Path, test: ImageSet, *, severity: int = 1, image_count: int | None = None
) -> Images:
    """Open a `.npy` file, a Parquet file, or a folder of class folders or Parquet files.

    Where both sides have file names, an image's version is the one of its name. Else the file holds
    as many images as the test set, in the same order; or one for each image that the sample ids
    count, which are then the rows; or five times as many of either, severity by severity. More
    images than that only go with labels to check them by. Labels, where the condition has them,
    must be the test set's.

    Args:
        path: the file or folder. A `.npy` file holds uint8 (M, H, W, 3), (M, H, W) or
            (M, H, W, 1); images are resized to the test set's.
        test: the test set.
        severity: 1..5, the block to take of a file of all five.
        image_count: how many images the sample ids count; unknown if None.

    Raises:
        InputError: nothing there, an unreadable or damaged file, another kind of pixels, too few
            images or a surplus, images without a version, or labels that disagree.
    """
    side = test.images[:1].shape[1:]
    if path.suffix == ".npy":
        array = open_array(path)
        grey = array.shape[1:] in (side[:2], (*side[:2], 1)) or array.ndim == COLOURS
        if array.dtype != np.uint8 or (array.shape[3:] not in ((COLOURS,), (1,)) and not grey):
            raise InputError(
                f"expected uint8 images (M, {', '.join(map(str, side))}) in {path}, found "
                f"{array.dtype} of shape {array.shape}"
            )
        labels = _labels_beside(path, len(array))
        rows = _rows(path, len(array), test, severity, image_count, labelled=labels is not None)
        if labels is not None:
            _check_labels(path, labels[rows], test)
        size = None if array.shape[1:3] == side[:2] else side[0]
        return ArrayImages(path, array, rows, size)
    if not path.exists():
        raise InputError(f"expected a .npy file, a Parquet file or a folder at {path}, found none")
    has_parquet = path.is_file() or bool(list_files(path, parquet.SUFFIXES).files)
    parts = (parquet if has_parquet else image_folder).load(path, side[0])
    source = parts.test or parts.validation or parts.train
    if source is None:
        raise InputError(f"expected images in {path}, found none")
    found = _rows_by_name(path, source, test)
    if found is None:
        found = _rows(path, len(source), test, severity, image_count, labelled=True)
    labels = renumbered(source.labels, source.class_names, test.class_names)
    _check_labels(path, (source.labels if labels is None else labels)[found], test)
    images = source.images
    return images[found] if isinstance(images, np.ndarray) else ImagesOfRows(images, found)


def _labels_beside(path: Path, count: int) -> Rows | None:
    """Labels in a file beside an array of images, if there are as many, or a fifth."""
    for name in LABEL_FILES:
        if (path.parent / name).is_file() and path.name != name:
            labels = open_array(path.parent / name)
            if labels.ndim == 1 and labels.dtype.kind in "iu":
                if len(labels) * SEVERITY_BLOCKS == count:
                    labels = np.tile(labels, SEVERITY_BLOCKS)
                if len(labels) == count:
                    return np.asarray(labels, dtype=np.int64)
    return None


def _rows_by_name(path: Path, source: ImageSet, test: ImageSet) -> Rows | None:
    """The condition's row for each test image by their names; None where they have none in common.

    Raises:
        InputError: some of the test images have a version of their name and others don't.
    """
    ours, theirs = image_names(test.images), image_names(source.images)
    if not ours or not theirs:
        return None
    missing: list[str] = []
    for shorten in (str, lambda name: name.rpartition("/")[2]):
        wanted = [shorten(name) for name in ours]
        place = {shorten(name): row for row, name in enumerate(theirs)}
        if len(place) < len(theirs) or len(set(wanted)) < len(wanted):
            continue
        found = [place.get(name, -1) for name in wanted]
        if min(found) >= 0:
            return np.array(found, dtype=np.int64)
        lacking = [name for name, row in zip(ours, found, strict=True) if row < 0]
        if len(lacking) < len(ours) and not missing:
            missing = lacking
    if missing:
        raise InputError(
            f"expected a version of each test image by its name in {path}, found none of "
            f"{missing[0]}, the first of {len(missing)}"
        )
    return None


def _rows(
    path: Path,
    count: int,
    test: ImageSet,
    severity: int,
    image_count: int | None,
    *,
    labelled: bool,
) -> Rows:
    """The condition's row for each test image, by its place or its sample id."""
    in_order = np.arange(len(test), dtype=np.int64)
    highest = int(test.sample_ids.max()) if len(test) else -1
    known = [len(test)] if image_count is None else [image_count, len(test)]
    for total in known:
        rows = in_order if total == len(test) else test.sample_ids
        if highest >= total and total != len(test):
            continue
        if count == total:
            return rows
        if count == SEVERITY_BLOCKS * total:
            return (severity - 1) * total + rows
    if count > highest and (labelled or image_count is None) and len(test):
        return test.sample_ids
    more = f", or {SEVERITY_BLOCKS} times as many, severity by severity" if count > highest else ""
    ids = f"one for each sample id up to {highest}"
    if image_count is not None:
        ids = f"one for each of the {image_count} images that the sample ids count"
    raise InputError(
        f"expected {len(test)} images in the test set's order, or {ids}{more}, in {path}, found "
        f"{count}"
    )


def _check_labels(path: Path, labels: Rows, test: ImageSet) -> None:
    wrong = np.flatnonzero(labels != test.labels)
    if len(wrong):
        row = int(wrong[0])
        raise InputError(
            f"expected the test set's labels in {path}, found {int(labels[row])} and not "
            f"{int(test.labels[row])} for sample {int(test.sample_ids[row])}, the first of "
            f"{len(wrong)} that disagree"
        )
