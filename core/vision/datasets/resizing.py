"""Images of any size and mode, made square RGB."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.vision.datasets.image_set import ImageArray

LEVELS_OF_16_BITS = 257  # 65535 / 255
WITHOUT_RANGE = {"I": "32-bit integers", "F": "floating-point numbers"}


def square_rgb(image: Image.Image, size: int | None) -> ImageArray:
    """One image as uint8 (size, size, 3); its own shape where `size` is None.

    The shorter side is resized to `size` (bicubic, anti-aliased) and the centre is cut out, so
    that nothing is stretched. Grey becomes three equal channels, one of 16 bits v / 257, rounded.

    Raises:
        ValueError: pixels without a known range (32-bit integers, floating-point numbers).
    """
    rgb = _rgb(image)
    if size is None or rgb.size == (size, size):
        return np.asarray(rgb, dtype=np.uint8)
    width, height = rgb.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(rgb.resize((size, size), Image.Resampling.BICUBIC, box=box), dtype=np.uint8)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I;16"):
        levels = np.rint(np.asarray(image) / LEVELS_OF_16_BITS).astype(np.uint8)
        return Image.fromarray(levels).convert("RGB")
    if image.mode in WITHOUT_RANGE:
        raise ValueError(
            f"its pixels are {WITHOUT_RANGE[image.mode]} (mode {image.mode}), whose range is not "
            "known; save it with 8 or 16 bits a pixel"
        )
    return image.convert("RGB")


def resize_images(images: ImageArray, size: int | None) -> ImageArray:
    """uint8 (N, H, W) or (N, H, W, 3) as uint8 (N, size, size, 3)."""
    colour = images if images.ndim == 4 else np.repeat(images[..., None], 3, axis=3)
    if size is None or colour.shape[1:3] == (size, size) or not len(colour):
        return np.ascontiguousarray(colour)
    return np.stack([square_rgb(Image.fromarray(image), size) for image in colour])
