"""Small pictures of the test images, as the app shows them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from core.store.rows import THUMBNAIL_SIDE


def thumbnail(image: np.ndarray) -> bytes:
    """A PNG of an image uint8 (H, W, 3), at most 96 pixels a side, grey where it is grey."""
    grey = bool((image == image[..., :1]).all())
    picture = Image.fromarray(image[..., 0] if grey else image)
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
