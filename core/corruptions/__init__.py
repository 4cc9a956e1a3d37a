"""The 19 corruptions of CIFAR-10-C at five severities, made here (Hendrycks & Dietterich 2019).

``corrupt(images, corruption, severity, seed=0)`` makes one corrupted version of a batch. Importing
this package is cheap: the modules that do the work are imported with the first call.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.corruptions.definitions import CORRUPTIONS, DEFINITIONS, Corruption
from core.corruptions.draws import Draws
from core.corruptions.grey_levels import Images
from core.errors import InputError

__all__ = [
    "CORRUPTIONS",
    "DEFINITIONS",
    "GENERATOR_VERSION",
    "SEVERITIES",
    "SMALLEST_SIDE",
    "Corruption",
    "check_condition",
    "check_images",
    "check_seed",
    "corrupt",
]

SEVERITIES = (1, 2, 3, 4, 5)
GENERATOR_VERSION = 2
"""Raised when `corrupt` gives other pixels for the same arguments; kept beside what was made."""

SMALLEST_SIDE = 28
"""Pixels. The constants belong to 32 x 32; below 28 the blurs and the droplets lose their shape."""

_CHUNK_VALUES = 32 * 32 * 32 * 3
"""Values worked on at once: float32 intermediates of this many stay in a core's cache."""


def corrupt(
    images: Images,
    corruption: str,
    severity: int,
    seed: int = 0,
    *,
    indices: NDArray[np.integer[Any]] | None = None,
    frost_textures: Path | None = None,
) -> Images:
    """Return a corrupted copy of a batch of images.

    Image ``i`` is drawn from (seed, corruption, severity, indices[i]) alone, so it comes out the
    same whatever else is in the batch, in any order and on any number of workers.

    Args:
        images: uint8 (N, side, side, 3), side at least 28 pixels; grey images as three equal
            channels. Constants that the authors give in pixels of a 32 x 32 image grow with it.
        corruption: one of ``CORRUPTIONS``.
        severity: 1 (weakest) to 5.
        seed: a non-negative integer.
        indices: integers (N,), the images' numbers in their data set; 0..N-1 by default.
        frost_textures: a folder with photographs of frost for ``frost``; without it the texture
            is generated (see ``frost.py``).

    Returns:
        uint8 of the same shape. Values are cut to whole grey levels, not rounded, as the authors'
        script does.

    Raises:
        InputError: an image of the wrong type or shape, an unknown name, a severity outside 1..5,
            a bad seed or indices, or a texture folder without pictures.
    """
    check_images(images)
    check_condition(corruption, severity)
    check_seed(seed)
    numbers = _image_numbers(len(images), indices)
    apply = _implementation(corruption, severity, frost_textures)
    output = np.empty_like(images)
    for rows in _chunks(images):
        draws = Draws((seed, DEFINITIONS[corruption].number, severity), numbers[rows])
        output[rows] = apply(images[rows], draws)
    return output


def check_images(images: Images) -> None:
    """Raise InputError unless ``images`` is uint8 (N, side, side, 3), side at least 28 pixels."""
    expected = "expected images as a uint8 array (N, side, side, 3)"
    if not isinstance(images, np.ndarray):
        raise InputError(f"{expected}, found {type(images).__name__}")
    if images.dtype != np.uint8:
        raise InputError(f"{expected}, found {images.dtype} with values {_value_range(images)}")
    if images.ndim != 4 or images.shape[3] != 3 or images.shape[1] != images.shape[2]:
        raise InputError(f"{expected}, square and with three channels, found shape {images.shape}")
    if images.shape[1] < SMALLEST_SIDE:
        raise InputError(
            f"expected images of at least {SMALLEST_SIDE} pixels a side, found {images.shape[1]}"
        )


def check_condition(corruption: str, severity: int) -> None:
    """Raise InputError unless there is such a corruption and such a severity."""
    if corruption not in CORRUPTIONS:
        raise InputError(
            f"expected a corruption, one of {', '.join(CORRUPTIONS)}, found {corruption!r}"
        )
    if isinstance(severity, bool) or severity not in SEVERITIES:
        raise InputError(f"expected a severity from 1 to 5, found {severity!r}")


def check_seed(seed: int) -> None:
    """Raise InputError unless ``seed`` is a non-negative integer."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"expected a non-negative integer as the seed, found {seed!r}")


def _value_range(images: NDArray[Any]) -> str:
    if images.size == 0 or images.dtype.kind not in "biuf":
        return "unknown"
    return f"{images.min():.3g}..{images.max():.3g}"


def _image_numbers(count: int, indices: NDArray[np.integer[Any]] | None) -> NDArray[np.int64]:
    if indices is None:
        return np.arange(count)
    numbers = np.asarray(indices)
    expected = f"expected {count} non-negative integers as indices, one an image"
    if numbers.dtype.kind not in "iu" or numbers.shape != (count,):
        raise InputError(f"{expected}, found {numbers.dtype} of shape {numbers.shape}")
    if (numbers < 0).any():
        raise InputError(f"{expected}, found {int(numbers.min())}")
    return numbers.astype(np.int64)


def _chunks(images: Images) -> Iterator[slice]:
    size = max(1, _CHUNK_VALUES // max(1, int(np.prod(images.shape[1:]))))
    return (slice(start, start + size) for start in range(0, len(images), size))


def _implementation(
    corruption: str, severity: int, frost_textures: Path | None
) -> Callable[[Images, Draws], Images]:
    """Find the function named like the corruption in its category's module."""
    module = import_module(f"{__name__}.{CORRUPTIONS[corruption]}")
    function = getattr(module, corruption)
    if corruption == "frost":
        return lambda images, draws: function(images, severity, draws, textures=frost_textures)
    return lambda images, draws: function(images, severity, draws)
