"""Frost on the lens: a crop of an icy picture is laid over each image.

The authors' pictures are photographs that nobody here may pass on. Without them five textures are
generated: grain, flakes and a slow drift of brightness, in the colours and with the contrasts
that were measured in the change that the photographs make. ``load_textures`` reads photographs.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from core.corruptions.draws import Draws
from core.corruptions.filters import SIDE, resize_linear
from core.corruptions.grey_levels import Images, truncate
from core.errors import InputError

_TEXTURE_SIDE = 256
_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"}
_UNUSED = "frost6"
"""The authors have six photographs and draw from the first five."""


@dataclass(frozen=True)
class _Ice:
    """A generated texture, in grey levels of a channel; lengths in pixels at 32 x 32."""

    colour: tuple[float, float, float]
    contrast: tuple[float, float, float]
    grain: float  # share of the variance that differs from pixel to pixel; the rest is flakes
    flake: tuple[float, float]  # length and breadth
    drift: float  # standard deviation of the brightness from place to place


_ICES = (
    _Ice((143, 161, 173), (25.7, 25.0, 25.7), 0.72, (4, 3), 10),
    _Ice((73, 145, 162), (21.0, 13.1, 12.4), 0.42, (10, 3), 9),
    _Ice((198, 202, 211), (17.8, 18.2, 18.8), 0.58, (3, 2), 8),
    _Ice((198, 202, 211), (17.8, 18.2, 18.8), 0.58, (2, 4), 8),
    _Ice((101, 112, 124), (33.6, 33.3, 32.7), 0.58, (2, 2), 13),
)


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
    generator = np.random.Generator(np.random.Philox(19))
    return tuple(_enlarged(_texture(ice, generator), side / SIDE) for ice in _ICES)


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


def _texture(ice: _Ice, generator: np.random.Generator) -> Images:
    """Compose grain, flakes and drift; the drift has the same size in all channels."""
    grain = generator.standard_normal((_TEXTURE_SIDE, _TEXTURE_SIDE))
    flakes = _smooth_field(generator, ice.flake)
    drift = _smooth_field(generator, (SIDE, SIDE)) * ice.drift
    pattern = np.sqrt(ice.grain) * grain + np.sqrt(1 - ice.grain) * flakes
    levels = pattern[..., None] * np.array(ice.contrast) + drift[..., None] + np.array(ice.colour)
    return truncate(levels + 0.5)


def _smooth_field(
    generator: np.random.Generator, lengths: tuple[float, float]
) -> NDArray[np.float64]:
    """Return noise smoothed along both diagonals, of mean 0 and deviation 1, without seams."""
    along, across = lengths
    steps = np.fft.fftfreq(_TEXTURE_SIDE)
    rising, falling = steps[:, None] + steps, steps[:, None] - steps
    kept = np.exp(-(np.pi**2) * ((along * rising) ** 2 + (across * falling) ** 2))
    noise = np.fft.fft2(generator.standard_normal((_TEXTURE_SIDE, _TEXTURE_SIDE)))
    field = np.fft.ifft2(noise * kept).real
    return np.asarray((field - field.mean()) / field.std())
