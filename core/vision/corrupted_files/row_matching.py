"""Which row of a corrupted test set belongs to which image, told by the pixels.

A corruption without chance gives nearly the same pixels here and in the authors' files, so an
image is recognised by its own corrupted version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.corruptions import corrupt
from core.vision.datasets.image_set import ImageArray, ImageSet, Rows

KEYS = (
    "contrast",
    "jpeg_compression",
    "pixelate",
    "gaussian_blur",
    "brightness",
    "defocus_blur",
    "saturate",
    "zoom_blur",
)
"""The corruptions without chance, those that agree best first."""

_LARGEST_DIFFERENCE = 2.0
"""Grey levels on average: the codecs differ by less, two images by far more."""
_SPOT_CHECKS = 32
_AT_ONCE = 512
_THUMBNAIL = 8


@dataclass(frozen=True, eq=False)
class Key:
    """The official images (n, side, side, 3) at severity 1 of a corruption without chance."""

    corruption: str
    images: ImageArray


def rows_by_key(arrays: Mapping[str, ImageArray], count: int) -> Key | None:
    """Choose the best corruption to match by, or None if there is none among ``arrays``."""
    return next((Key(name, arrays[name][:count]) for name in KEYS if name in arrays), None)


def agree(test: ImageSet, rows: Rows, key: Key) -> bool:
    """Whether some of the test images, evenly spread, show the same as the files' ``rows``."""
    if not len(test):
        return True
    chosen = np.unique(np.linspace(0, len(test) - 1, _SPOT_CHECKS).astype(np.int64))
    ours = corrupt(test.images[chosen], key.corruption, 1)
    return bool((_differences(ours, key.images[rows[chosen]]) < _LARGEST_DIFFERENCE).all())


def match_rows(test: ImageSet, key: Key) -> Rows:
    """Return the row of each test image, int64 (N,), -1 where the files do not hold it."""
    known = np.concatenate(
        [_thumbnails(key.images[start : start + _AT_ONCE]) for start in _starts(len(key.images))]
    )
    lengths = (known**2).sum(axis=1)
    rows = np.empty(len(test), np.int64)
    for start in _starts(len(test)):
        ours = corrupt(test.images[start : start + _AT_ONCE], key.corruption, 1)
        nearest = (lengths - 2 * _thumbnails(ours) @ known.T).argmin(axis=1)
        same = _differences(ours, key.images[nearest]) < _LARGEST_DIFFERENCE
        rows[start : start + _AT_ONCE] = np.where(same, nearest, -1)
    return rows


def _starts(count: int) -> range:
    return range(0, count, _AT_ONCE)


def _differences(ours: ImageArray, theirs: ImageArray) -> np.ndarray:
    means: np.ndarray = np.abs(ours.astype(np.int16) - theirs).mean(axis=(1, 2, 3))
    return means


def _thumbnails(images: ImageArray) -> np.ndarray:
    """Mean colours of 8 x 8 blocks, float32 (N, 192), so that a large set can be searched."""
    size = images.shape[1] // _THUMBNAIL
    cut = images[:, : size * _THUMBNAIL, : size * _THUMBNAIL]
    blocks = cut.reshape(len(images), _THUMBNAIL, size, _THUMBNAIL, size, 3)
    means: np.ndarray = blocks.mean(axis=(2, 4), dtype=np.float32).reshape(len(images), -1)
    return means
