"""Versions of a test set from anywhere: made here, or read from a file or a folder.

Every function returns images of the kind that `ImageSet.images` holds, aligned with the test set:
`images[rows]` gives the condition's version of the test set's rows, uint8 (n, H, W, 3), made or
read when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.corruptions import GENERATOR_VERSION, check_condition, check_seed, corrupt
from core.corruptions.frost import load_textures
from core.errors import InputError
from core.vision.arrays_on_disk import ArrayImages, open_array
from core.vision.datasets import image_folder, parquet
from core.vision.datasets.image_set import ImageArray, Images, ImageSet, ImagesOfRows, Rows


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


@dataclass(frozen=True)
class ConditionFolder:
    """One folder of images in ImageNet-C's layout, corruption/severity/class/file."""

    corruption: str
    severity: int
    path: Path


def condition_folders(root: Path) -> tuple[ConditionFolder, ...]:
    """List what a folder in ImageNet-C's layout holds, by corruption and severity.

    Raises:
        InputError: no folder, or nothing in it like `fog/3/`.
    """
    if not root.is_dir():
        raise InputError(f"expected a folder corruption/severity/class/file at {root}, found none")
    found = tuple(
        ConditionFolder(path.parent.name, int(path.name), path)
        for path in sorted(root.glob("*/[1-5]"))
        if path.is_dir()
    )
    if not found:
        raise InputError(
            f"expected folders corruption/severity such as fog/3 in {root}, found none"
        )
    return found


def open_condition(path: Path, test: ImageSet) -> Images:
    """Open a `.npy` file, a Parquet file, or a folder of class folders or Parquet files.

    It holds either as many images as the test set, in the same order, or more: then an image's
    ``sample_id`` is its row. A folder's order is by class and file name. Labels, where the
    condition has them, must be the test set's.

    Args:
        path: the file or folder. A `.npy` file holds uint8 (M, H, W, 3) as large as the test
            set's images; encoded images are resized to them.
        test: the test set.

    Raises:
        InputError: nothing there, an unreadable or damaged file, another shape, too few images,
            or labels that disagree.
    """
    side = test.images[:1].shape[1:]
    if path.suffix == ".npy":
        array = open_array(path)
        if array.dtype != np.uint8 or array.shape[1:] != side:
            raise InputError(
                f"expected uint8 images (M, {', '.join(map(str, side))}) in {path}, found "
                f"{array.dtype} of shape {array.shape}"
            )
        return ArrayImages(path, array, _rows(path, len(array), test))
    if not path.exists():
        raise InputError(f"expected a .npy file, a Parquet file or a folder at {path}, found none")
    has_parquet = path.is_file() or any(path.rglob("*.parquet"))
    parts = (parquet if has_parquet else image_folder).load(path, side[0])
    source = parts.test or parts.validation or parts.train
    if source is None:
        raise InputError(f"expected images in {path}, found none")
    rows = _rows(path, len(source), test)
    _check_labels(path, source.labels[rows], test)
    images = source.images
    return images[rows] if isinstance(images, np.ndarray) else ImagesOfRows(images, rows)


def _rows(path: Path, count: int, test: ImageSet) -> Rows:
    """The condition's row for each test image."""
    if count == len(test):
        return np.arange(count, dtype=np.int64)
    if len(test) and count > test.sample_ids.max():
        return test.sample_ids
    highest = int(test.sample_ids.max()) if len(test) else -1
    raise InputError(
        f"expected {len(test)} images in the test set's order, or one for each sample id up to "
        f"{highest}, in {path}, found {count}"
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
