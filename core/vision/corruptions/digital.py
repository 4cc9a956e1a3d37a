"""Corruptions of digital processing: contrast, saturation, elasticity, pixelation and JPEG."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.vision.corruptions.draws import Draws
from core.vision.corruptions.grey_levels import Images, truncate


def contrast(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Draw every value towards the mean of its image and channel."""
    kept = (0.75, 0.5, 0.4, 0.3, 0.15)[severity - 1]
    pixels = images.shape[1] * images.shape[2]
    means = images.sum(axis=(1, 2), dtype=np.int64, keepdims=True) / pixels
    values = images - means
    values *= kept
    values += means
    return truncate(values)


def saturate(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Scale and shift the saturation of HSV, hue and value kept.

    With hue and value fixed, a channel's distance below the largest one is proportional to the
    saturation, so no hue is ever computed. A grey pixel has hue zero and turns to red.
    """
    factor, shift = ((0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2))[severity - 1]
    largest = images.max(axis=3, keepdims=True).astype(np.float32)
    gaps = largest - images
    spread = gaps.max(axis=3, keepdims=True)
    wanted = spread * np.float32(factor)
    wanted += largest * np.float32(shift)
    np.minimum(wanted, largest, out=wanted)
    grey = spread[..., 0] == 0
    gaps[grey] = (0, 1, 1)
    spread[grey] = 1
    wanted /= spread
    gaps *= wanted
    return truncate(largest - gaps)


def pixelate(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Shrink by averaging boxes of pixels, and enlarge again, as Pillow's box filter does.

    Shrunk to 65 % or more, a box holds one pixel or two, so an axis is an average of two look-ups,
    rounded half up as in Pillow; enlarging is one look-up.
    """
    share = (0.95, 0.9, 0.85, 0.75, 0.65)[severity - 1]
    first, last = _box_ends(images.shape[1], int(images.shape[1] * share))
    for axis in (2, 1):
        pairs = images.take(first, axis=axis).astype(np.uint16)
        pairs += images.take(last, axis=axis)
        pairs += 1
        pairs >>= 1
        images = pairs.astype(np.uint8)
    return images


@lru_cache(maxsize=64)
def _box_ends(side: int, small: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return, for each of ``side`` output pixels, the two ends of the box that colours it.

    Pillow is asked, once a size, with a ramp of pixel numbers: where a centre lies on the edge of
    two boxes, its rounding decides.
    """
    box = Image.Resampling.BOX
    ramp = Image.fromarray(np.arange(side, dtype=np.float32)[None])
    means = np.asarray(ramp.resize((small, 1), box).resize((side, 1), box))[0]
    return np.floor(means).astype(np.intp), np.ceil(means).astype(np.intp)


def jpeg_compression(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Write and read each image as JPEG (Pillow's default 4:2:0 chroma)."""
    quality = (80, 65, 58, 50, 40)[severity - 1]
    output = np.empty_like(images)
    for image, place in zip(images, output, strict=True):
        file = BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        place[:] = np.asarray(Image.open(file))
    return output
