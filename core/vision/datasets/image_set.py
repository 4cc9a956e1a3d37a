"""Labelled images with stable ids: what every data set becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError

ImageArray = NDArray[np.uint8]
Rows = NDArray[np.int64]
ChannelValues = tuple[float, float, float]


class ImagesOnDemand(Protocol):
    """Images that are decoded when asked for; indexing gives uint8 (n, H, W, 3)."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | Rows, /) -> ImageArray: ...

    def describe(self) -> str:
        """Text that changes whenever the images do, without decoding any."""
        ...


Images = ImageArray | ImagesOnDemand


@dataclass(frozen=True, eq=False)
class ImagesOfRows:
    """Some rows of images that are decoded on demand, in the order of `rows`."""

    images: ImagesOnDemand
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: slice | Rows, /) -> ImageArray:
        return self.images[self.rows[rows]]

    def describe(self) -> str:
        """Text that changes whenever the images or the choice of rows do."""
        return f"{self.images.describe()}\nrows {self.rows.tolist()}"


def image_names(images: Images) -> list[str] | None:
    """The images' names where they have any: paths in their folder, without suffix."""
    if isinstance(images, ImagesOfRows):
        names = image_names(images.images)
        return None if names is None else [names[row] for row in images.rows.tolist()]
    own = getattr(images, "names", None)
    return None if own is None else list(own())


@dataclass(frozen=True, eq=False)
class ImageSet:
    """N labelled images in a fixed order.

    Attributes:
        images: uint8 (N, H, W, 3), or an object that decodes such arrays on demand.
        labels: int64 (N,), 0-based classes.
        sample_ids: int64 (N,), the image's row in the data set's own order.
        class_names: one name a class.

    Raises:
        InputError: lengths differ, or a label has no class name.
    """

    images: Images
    labels: Rows
    sample_ids: Rows
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not len(self.images) == len(self.labels) == len(self.sample_ids):
            raise InputError(
                "expected as many labels and ids as images, found "
                f"{len(self.images)} images, {len(self.labels)} labels and "
                f"{len(self.sample_ids)} ids"
            )
        class_count = len(self.class_names)
        outside = np.flatnonzero((self.labels < 0) | (self.labels >= class_count))
        if outside.size:
            row = int(outside[0])
            raise InputError(
                f"expected labels in 0..{class_count - 1} for {class_count} classes, found "
                f"{int(self.labels[row])} in row {row}"
            )

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Rows) -> ImageSet:
        """The images in `rows` (int64 (n,)), in that order."""
        images = self.images
        return ImageSet(
            images=images[rows] if isinstance(images, np.ndarray) else ImagesOfRows(images, rows),
            labels=self.labels[rows],
            sample_ids=self.sample_ids[rows],
            class_names=self.class_names,
        )
