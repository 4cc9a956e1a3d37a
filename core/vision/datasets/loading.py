"""From a data set's name to its splits."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

from core.errors import InputError
from core.vision.datasets.image_set import ImageSet
from core.vision.datasets.splits import OfficialParts, Splits, make_splits

# what each name stands for; a data set's own library is imported when it is loaded
DATASETS: dict[str, str] = {
    "digits": "scikit-learn's 1,797 handwritten digits; no folder needed",
    "cifar10": "CIFAR-10, from torchvision's folder, downloaded, or from Parquet files",
    "cifar100": "CIFAR-100, from torchvision's folder, downloaded, or from Parquet files",
    "mnist": "MNIST, from torchvision's folder, downloaded, or from Parquet files",
    "image_folder": "a folder of class folders, below train/, validation/ and test/ or directly, "
    "or images with a CSV file of labels",
    "arrays": "images and labels as .npy or .npz arrays",
    "parquet": "Parquet files in the layout of data-set hubs: image bytes and a label",
}


def load_dataset(
    name: str,
    *,
    folder: Path | None = None,
    image_size: int | None = None,
    validation_fraction: float = 0.1,
    test_fraction: float = 0.2,
    seed: int = 0,
    class_names: Sequence[str] | None = None,
) -> Splits:
    """The data set `name`, divided into train, validation and test.

    Official test sets are kept; `core.vision.datasets.splits.make_splits` says what is drawn.

    Args:
        name: one of DATASETS.
        folder: where the images are; every data set but digits needs one.
        image_size: side in pixels to resize to; None keeps the images as they are.
        validation_fraction: share drawn for validation where there is no official part.
        test_fraction: share drawn for testing where there is no official test set.
        seed: of the draws.
        class_names: names instead of the data set's own, in the order of the labels.

    Raises:
        InputError: unknown name, missing folder, or images that cannot be read.
    """
    if name not in DATASETS:
        raise InputError(f"expected a data set among {', '.join(DATASETS)}, found {name!r}")
    if image_size is not None and image_size < 1:
        raise InputError(f"expected an image size of at least 1 pixel, found {image_size}")
    return make_splits(
        name,
        _official_parts(name, folder, image_size, class_names),
        validation_fraction=validation_fraction,
        test_fraction=test_fraction,
        seed=seed,
    )


def load_test_set(
    name: str,
    *,
    folder: Path | None = None,
    image_size: int | None = None,
    class_names: Sequence[str] | None = None,
) -> tuple[ImageSet, tuple[str, ...]]:
    """The test part of the data set `name`, or all its images where it has no parts; and a report.

    Raises:
        InputError: unknown name, missing folder, or images that cannot be read.
    """
    if name not in DATASETS:
        raise InputError(f"expected a data set among {', '.join(DATASETS)}, found {name!r}")
    parts = _official_parts(name, folder, image_size, class_names)
    test = parts.test or parts.validation or parts.train
    if test is None:
        raise InputError(f"expected test images in {folder}, found none")
    notes = list(parts.report)
    if parts.test is None:
        notes.append("all images, since there is no test part")
    return test, (f"{len(test):,} images of {len(test.class_names)} classes", *notes)


def _official_parts(
    name: str, folder: Path | None, image_size: int | None, class_names: Sequence[str] | None
) -> OfficialParts:
    package = "core.vision.datasets"
    parts: OfficialParts
    if name == "digits":
        parts = importlib.import_module(f"{package}.digits").load(image_size, class_names)
        return parts
    if folder is None:
        raise InputError(f"expected a folder for the data set {name}, found none")
    if name not in ("image_folder", "parquet", "arrays"):
        loader = importlib.import_module(f"{package}.downloadable")
        parts = loader.load(name, folder, image_size, class_names)
        return parts
    if not folder.exists():
        raise InputError(f"expected the data set {name} in {folder}, found no such folder")
    parts = importlib.import_module(f"{package}.{name}").load(folder, image_size, class_names)
    return parts
