"""Frost on the lens: a crop of an icy picture is laid over each image.

The authors' pictures are photographs that nobody here may pass on. Without them five textures are
generated (see ``ice.py``). ``load_textures`` reads photographs.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.corruptions.draws import Draws
from core.corruptions.filters import SIDE, resize_linear
from core.corruptions.grey_levels import Images, truncate
from core.corruptions.ice import make_textures
from core.errors import InputError

_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}
_UNUSED = "frost6"
"""The authors have six photographs and draw from the first five."""


def frost(images: Images, severity: int, draws: Draws, *, textures: Path | None = None) -> Images:
    """Add a crop of an icy picture to each darkened image."""
    kept, added = ((1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45))[severity - 1]
    side = images.shape[1]
    pictures = generated_textures(side) if textures is None else load_textures(textures, side)
    values = np.empty(images.shape, np.float32)
    places = draws.uniform(0, 1, 3).astype(np.float64)
    for value, (which, down, right) in zip(values, places.tolist(), strict=True):
        picture = pictures[int(which * len(pictures))]
        top = int(down * (picture.shape[0] - side))
        left = int(right * (picture.shape[1] - side))
        np.multiply(picture[top : top + side, left : left + side], np.float32(added), out=value)
    values += images * np.float32(kept)
    return truncate(values)


@lru_cache(maxsize=4)
def generated_textures(side: int) -> tuple[Images, ...]:
    """Make the icy textures for images of ``side`` pixels, uint8 (height, width, 3) each."""
    return tuple(_enlarged(texture, side / SIDE) for texture in make_textures())


def load_textures(folder: Path, side: int) -> tuple[Images, ...]:
    """Read the pictures of a folder, in the order of their names, shrunk as the authors do.

    Args:
        folder: with the photographs; of the authors' six the last is left out, as theirs is.
        side: of the images to corrupt, in pixels: a picture shrinks to side / 160 of its size.

    Raises:
        InputError: no such folder, no picture in it, one that cannot be read, or a small one.
    """
    return _loaded(folder.resolve(), side)


@lru_cache(maxsize=4)
def _loaded(folder: Path, side: int) -> tuple[Images, ...]:
    if not folder.is_dir():
        raise InputError(f"expected a folder with pictures of frost, found none at {folder}")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURES)
    files = [path for path in files if path.stem != _UNUSED] or files
    if not files:
        raise InputError(
            f"expected pictures of frost in {folder}, found no PNG, JPEG, WebP or TIFF"
        )
    return tuple(_shrunk(path, side) for path in files)


def _shrunk(path: Path, side: int) -> Images:
    try:
        with Image.open(path) as file:
            picture = np.asarray(file.convert("RGB"))
    except (UnidentifiedImageError, OSError) as error:
        raise InputError(f"expected a picture of frost, found {path}, which is none") from error
    shrunk = _enlarged(picture, side / SIDE / 5)
    if min(shrunk.shape[:2]) <= side:
        least = -(-(side + 1) * 5 * SIDE // side)
        raise InputError(
            f"expected pictures of frost of at least {least} pixels a side, found {path} with "
            f"{picture.shape[1]} x {picture.shape[0]}"
        )
    return shrunk


def _enlarged(picture: Images, factor: float) -> Images:
    return np.rint(resize_linear(picture.astype(np.float32), factor, axes=(0, 1))).astype(np.uint8)
