"""Encoded images to uint8 arrays, with one sentence for those that cannot be read."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.errors import InputError
from core.vision.datasets.image_set import ImageArray
from core.vision.datasets.resizing import square_rgb

# tried first: Pillow's long list of formats costs as much as decoding a small image
COMMON_FORMATS = ("JPEG", "PNG", "WEBP")

# what Pillow raises for files that are no image, cut short, or absurdly large
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)


def decode_image(source: bytes | Path, size: int | None, *, where: str) -> ImageArray:
    """One encoded image as uint8 (size, size, 3), or its own height and width if `size` is None.

    Raises:
        InputError: Pillow cannot read it; the sentence names `where`.
    """
    try:
        with _opened(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            return square_rgb(image, size)
    except UNREADABLE as error:
        raise InputError(
            f"expected an image in {where}, found one that cannot be read: {_reason(error)}"
        ) from error


def stack_images(
    images: Iterable[tuple[ImageArray, str]], count: int, *, shape: tuple[int, ...]
) -> ImageArray:
    """`count` images with the place each is from, as one array uint8 (count, *shape).

    Raises:
        InputError: an image has another shape; the sentence names its place.
    """
    stacked = np.empty((count, *shape), dtype=np.uint8)
    for row, (image, where) in enumerate(images):
        if image.shape != shape:
            raise InputError(
                f"expected images of {shape[1]}x{shape[0]} pixels like the first one, found "
                f"{image.shape[1]}x{image.shape[0]} in {where}: give an image size to resize to"
            )
        stacked[row] = image
    return stacked


def _opened(source: io.BytesIO | Path) -> Image.Image:
    try:
        return Image.open(source, formats=COMMON_FORMATS)
    except UnidentifiedImageError:
        return Image.open(source)


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "not in a known image format"
    return str(error) or type(error).__name__
