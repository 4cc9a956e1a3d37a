"""Occlusion maps: where in an image its angle, length, margin and true-class probability come from.

A square window slides over the image and hides what is under it; each position changes the
sample's metrics. A pixel's value is the mean change over the windows that cover it (Zeiler and
Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, averaged as captum's
`Occlusion` does, with the other sign).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import InputError
from core.geometry import ClassDirections
from core.vision.datasets.image_set import ImageArray
from core.vision.inference import FeatureReader

METRICS = ("angle", "length", "margin", "true_probability")
BYTES_AT_ONCE = 64 << 20


@dataclass(frozen=True)
class Windows:
    """Square windows over an image, row by row from its upper left corner.

    The last windows of a row or column may hang over the edge, so that every pixel is covered.
    As the stride divides the side, the same windows cover all pixels of a cell of stride by
    stride pixels: a map of cells says as much as one of pixels.

    Args:
        side: of a window in pixels.
        stride: between windows in pixels, a divisor of `side`.

    Raises:
        InputError: the stride does not divide the side.
    """

    side: int
    stride: int

    def __post_init__(self) -> None:
        if self.stride < 1 or self.side < 1 or self.side % self.stride:
            raise InputError(
                "expected a window of whole strides, found a window of "
                f"{self.side} pixels and a stride of {self.stride}"
            )

    def positions(self, length: int) -> int:
        """Windows along an edge of that many pixels.

        Raises:
            InputError: a window is longer than the edge.
        """
        if self.side > length:
            raise InputError(
                f"expected a window of at most {length} pixels, the images' side, found {self.side}"
            )
        return -(-(length - self.side) // self.stride) + 1

    def cells(self, length: int) -> int:
        """Cells along an edge of that many pixels; the last one may be narrower."""
        return -(-length // self.stride)


def default_windows(image_size: int) -> Windows:
    """A quarter of an image's side, moved by a sixteenth of it: 169 windows where that divides."""
    stride = max(1, image_size // 16)
    return Windows(min(4, image_size // stride) * stride, stride)


def occluded(images: ImageArray, windows: Windows) -> ImageArray:
    """Each image with each window filled by the image's own mean colour, rounded.

    The fill depends on the image alone, so every network sees the same occluded images.

    Args:
        images: uint8 (N, H, W, 3).
        windows: P of them, row by row.

    Returns:
        uint8 (N, P, H, W, 3).
    """
    height, width = images.shape[1:3]
    rows, columns = windows.positions(height), windows.positions(width)
    fill = np.rint(images.mean(axis=(1, 2), keepdims=True)).astype(np.uint8)
    hidden = np.repeat(images[:, None], rows * columns, axis=1)
    for row in range(rows):
        top = row * windows.stride
        for column in range(columns):
            left = column * windows.stride
            window = hidden[:, row * columns + column]
            window[:, top : top + windows.side, left : left + windows.side] = fill
    return hidden


def occlusion_maps(
    reader: FeatureReader,
    directions: ClassDirections,
    images: ImageArray,
    labels: NDArray[np.integer],
    windows: Windows,
) -> Iterator[NDArray[np.float32]]:
    """The occlusion maps of some images, image by image.

    A positive value says that the metric is larger where the cell is hidden. As many images go
    through the network at once as BYTES_AT_ONCE holds occluded versions of.

    Args:
        reader: of the network.
        directions: of its classifier.
        images: uint8 (N, H, W, 3).
        labels: (N,) true classes.
        windows: what hides parts of an image.

    Yields:
        (len(METRICS), cells down, cells across), the mean over the windows that cover a cell of
        the metric of the occluded image minus that of the whole one; NaN where the metric is
        undefined for the whole image or under a window that covers the cell.

    Raises:
        InputError: the window is larger than the images.
    """
    height, width = images.shape[1:3]
    rows, columns = windows.positions(height), windows.positions(width)
    one = rows * columns * int(np.prod(images.shape[1:]))
    at_once = max(1, BYTES_AT_ONCE // one)
    for start in range(0, len(images), at_once):
        some, true = images[start : start + at_once], labels[start : start + at_once]
        hidden = occluded(some, windows).reshape(-1, *images.shape[1:])
        whole = _metrics(reader, directions, some, true)
        changed = _metrics(reader, directions, hidden, np.repeat(true, rows * columns))
        changes = changed.reshape(len(METRICS), len(some), -1) - whole[:, :, None]
        grids = changes.reshape(len(METRICS), len(some), rows, columns)
        maps = _cell_means(grids, _covering(windows, height), _covering(windows, width))
        yield from maps.swapaxes(0, 1).astype(np.float32)


def _metrics(
    reader: FeatureReader,
    directions: ClassDirections,
    images: ImageArray,
    labels: NDArray[np.integer],
) -> NDArray[np.float64]:
    """The METRICS (4, N) of some images."""
    features, _ = reader.read_in_batches(images)
    true = torch.from_numpy(labels.astype(np.int64)).to(features.device)
    # in float64 throughout: a change is a small difference of two metrics
    found = directions.measure(features.double(), true)
    probability = torch.softmax(found.logits, dim=1).gather(1, true[:, None])[:, 0]
    metrics = [found.angle, found.length, found.margin, probability]
    return torch.stack(metrics).cpu().numpy()


def _covering(windows: Windows, length: int) -> NDArray[np.float64]:
    """(cells, positions) along an edge: 1 where the window covers the cell, else 0."""
    behind = np.arange(windows.cells(length))[:, None] - np.arange(windows.positions(length))
    return ((behind >= 0) & (behind < windows.side // windows.stride)).astype(np.float64)


def _cell_means(
    grids: NDArray[np.float64], down: NDArray[np.float64], across: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means (..., cells, cells) over the windows that cover each cell of (..., rows, columns)."""
    undefined = np.isnan(grids)
    sums = down @ np.where(undefined, 0, grids) @ across.T
    counts = down @ np.ones(grids.shape[-2:]) @ across.T
    return np.where(down @ undefined @ across.T > 0, np.nan, sums / counts)
