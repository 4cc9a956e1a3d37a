"""Pixels 0..255 to the numbers that a network expects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import InputError
from core.vision.datasets.image_set import ChannelValues, ImageArray, ImageSet

if TYPE_CHECKING:
    import torch

WHITE = 255
IMAGES_MEASURED_AT_ONCE = 1000
MOST_IMAGES_MEASURED = 50_000


@dataclass(frozen=True)
class Normalisation:
    """Mean and standard deviation of each colour channel, in [0, 1] units.

    Raises:
        InputError: not three finite numbers each, or a standard deviation that is not positive.
    """

    mean: ChannelValues
    std: ChannelValues

    def __post_init__(self) -> None:
        for key, values in (("mean", self.mean), ("std", self.std)):
            if len(values) != 3 or not all(np.isfinite(values)):
                raise InputError(f"expected three finite numbers for {key}, found {values}")
        if min(self.std) <= 0:
            raise InputError(f"expected positive standard deviations, found {self.std}")


def measure_normalisation(images: ImageSet) -> Normalisation:
    """Mean and standard deviation of each channel over all pixels of `images`.

    Beyond 50,000 images, of as many at equal steps. Rounded to four decimals, so that it can be
    written down. A constant channel gets 1.

    Raises:
        InputError: there are no images.
    """
    if not len(images):
        raise InputError("expected at least one image to measure the normalisation on, found none")
    pixels = 0
    total = np.zeros(3)
    squares = np.zeros(3)
    rows = np.arange(0, len(images), math.ceil(len(images) / MOST_IMAGES_MEASURED))
    for start in range(0, len(rows), IMAGES_MEASURED_AT_ONCE):
        block = images.images[rows[start : start + IMAGES_MEASURED_AT_ONCE]].reshape(-1, 3)
        counts = np.stack([np.bincount(block[:, c], minlength=WHITE + 1) for c in range(3)])
        levels = np.arange(WHITE + 1) / WHITE
        pixels += len(block)
        total += counts @ levels
        squares += counts @ levels**2
    mean = total / pixels
    std = np.sqrt(np.maximum(squares / pixels - mean**2, 0))
    std[std < 1e-4] = 1
    return Normalisation(mean=_rounded(mean), std=_rounded(std))


def _rounded(values: np.ndarray) -> ChannelValues:
    first, second, third = (round(float(value), 4) for value in values)
    return first, second, third


def normalise(
    images: ImageArray, normalisation: Normalisation, device: torch.device | str = "cpu"
) -> torch.Tensor:
    """uint8 (N, H, W, 3) as float32 (N, 3, H, W) on `device`: (pixel / 255 - mean) / std.

    The bytes travel, not the floats. The result lies in memory channel last, as the images do,
    which convolutions are fastest with.
    """
    import torch  # noqa: PLC0415

    source = torch.from_numpy(np.ascontiguousarray(images))
    return normalise_tensor(source.to(device, non_blocking=True), normalisation)


def normalise_tensor(images: torch.Tensor, normalisation: Normalisation) -> torch.Tensor:
    """The same for a uint8 tensor (N, H, W, 3), on the device where it lies."""
    import torch  # noqa: PLC0415

    mean = torch.tensor(normalisation.mean, device=images.device)
    std = torch.tensor(normalisation.std, device=images.device)
    # a whole image of factors at once: an inner axis of three is five times slower on a CPU
    pixels_per_image = images.shape[1] * images.shape[2]
    scale = (1 / (WHITE * std)).repeat(pixels_per_image)
    shift = (mean / std).repeat(pixels_per_image)
    flat = images.reshape(len(images), 3 * pixels_per_image).to(torch.float32)
    return flat.mul_(scale).sub_(shift).view(images.shape).permute(0, 3, 1, 2)
