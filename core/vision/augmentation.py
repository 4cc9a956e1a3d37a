"""Random crops and flips of whole batches of uint8 images, in one gather."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import InputError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Augmentation:
    """How far images are shifted, and whether they are mirrored.

    Attributes:
        shift_pixels: largest shift in each direction; what comes in is black (zero padding).
        flip: mirrored left to right with probability one half.
    """

    shift_pixels: int = 0
    flip: bool = False


AUGMENTATIONS = {
    "none": Augmentation(),
    "shift": Augmentation(shift_pixels=2),
    "crop_flip": Augmentation(shift_pixels=4, flip=True),
}


def augmentation_named(name: str) -> Augmentation:
    """The augmentation `name` of AUGMENTATIONS.

    Raises:
        InputError: there is none of that name.
    """
    if name not in AUGMENTATIONS:
        raise InputError(
            f"expected an augmentation among {', '.join(AUGMENTATIONS)}, found {name!r}"
        )
    return AUGMENTATIONS[name]


def augment(
    images: torch.Tensor, augmentation: Augmentation, generator: torch.Generator
) -> torch.Tensor:
    """Images uint8 (N, H, W, 3), each with its own shift and flip; same shape and device.

    The draws are made on the CPU from `generator`, so that they are the same on every device.
    """
    import torch  # noqa: PLC0415

    shift = augmentation.shift_pixels
    if not shift and not augmentation.flip:
        return images
    count, height, width = images.shape[:3]
    drawn = torch.randint(0, 2 * shift + 1, (2, count, 1), generator=generator)
    rows = torch.arange(height) + drawn[0]
    columns = torch.arange(width) + drawn[1]
    if augmentation.flip:
        mirrored = torch.rand(count, 1, generator=generator) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    padded = torch.nn.functional.pad(images, (0, 0, shift, shift, shift, shift))
    device = images.device
    which = torch.arange(count, device=device)[:, None, None]
    return padded[which, rows.to(device)[:, :, None], columns.to(device)[:, None, :]]
