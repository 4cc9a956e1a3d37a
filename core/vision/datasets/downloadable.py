"""CIFAR-10, CIFAR-100 and MNIST: torchvision's copies, or a hub's Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import numpy as np

from core.errors import InputError
from core.vision.datasets import parquet
from core.vision.datasets.file_listing import list_files
from core.vision.datasets.image_set import ImageSet
from core.vision.datasets.resizing import resize_images
from core.vision.datasets.splits import OfficialParts
from core.vision.torchvision_import import import_torchvision


@dataclass(frozen=True)
class Downloadable:
    """A data set that torchvision knows: its class there and its classes in official order."""

    torchvision_class: str
    class_names: tuple[str, ...] | None


DOWNLOADABLE = {
    "cifar10": Downloadable(
        "CIFAR10",
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    ),
    "cifar100": Downloadable("CIFAR100", None),  # a hundred names: the files have them
    "mnist": Downloadable("MNIST", tuple("0123456789")),
}


def load(
    name: str, folder: Path, image_size: int | None, class_names: Sequence[str] | None = None
) -> OfficialParts:
    """The data set `name` with its official test set.

    A folder that holds Parquet files is read as the hub's copy of the data set. Any other is
    torchvision's: used if the data set is there, else downloaded into it.

    Raises:
        InputError: nothing usable in the folder and no download.
    """
    known = DOWNLOADABLE[name]
    if folder.is_file() or (folder.is_dir() and list_files(folder, parquet.SUFFIXES).files):
        return parquet.load(folder, image_size, class_names or known.class_names)
    return OfficialParts(
        train=_torchvision_part(known, folder, image_size, class_names, train=True),
        test=_torchvision_part(known, folder, image_size, class_names, train=False),
    )


def _torchvision_part(
    known: Downloadable,
    folder: Path,
    image_size: int | None,
    class_names: Sequence[str] | None,
    *,
    train: bool,
) -> ImageSet:
    dataset_class = getattr(import_torchvision("datasets"), known.torchvision_class)
    try:
        part = dataset_class(folder, train=train, download=True)
    except (URLError, OSError, RuntimeError) as error:
        raise InputError(
            f"expected {known.torchvision_class} in {folder} or a network to download it from, "
            f"found neither: {error}"
        ) from error
    images = resize_images(np.asarray(part.data, dtype=np.uint8), image_size)
    return ImageSet(
        images=images,
        labels=np.asarray(part.targets, dtype=np.int64),
        sample_ids=np.arange(len(images), dtype=np.int64),
        class_names=tuple(class_names or known.class_names or part.classes),
    )
