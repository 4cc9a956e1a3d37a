"""Images of any size and mode, made square RGB."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.vision.datasets.image_set import ImageArray


def square_rgb(image: Image.Image, size: int | None) -> ImageArray:
    """One image as uint8 (size, size, 3); its own shape where `size` is None.

    The shorter side is resized to `size` (bicubic, anti-aliased) and the centre is cut out, so
    that nothing is stretched. Grey becomes three equal channels.
    """
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    if size is None or rgb.size == (size, size):
        return np.asarray(rgb, dtype=np.uint8)
    width, height = rgb.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(rgb.resize((size, size), Image.Resampling.BICUBIC, box=box), dtype=np.uint8)


def resize_images(images: ImageArray, size: int | None) -> ImageArray:
    """uint8 (N, H, W) or (N, H, W, 3) as uint8 (N, size, size, 3)."""
    colour = images if images.ndim == 4 else np.repeat(images[..., None], 3, axis=3)
    if size is None or colour.shape[1:3] == (size, size) or not len(colour):
        return np.ascontiguousarray(colour)
    return np.stack([square_rgb(Image.fromarray(image), size) for image in colour])
