"""Widths of layers and sizes of images that the built-in networks share."""

from __future__ import annotations

import torch

from core.errors import InputError


def scaled_width(width: int, multiplier: float) -> int:
    """`width` times `multiplier`, rounded, at least one."""
    return max(1, round(width * multiplier))


def require_32_pixels(images: torch.Tensor) -> None:
    """Refuse images (N, 3, H, W) that are not 32x32, which a fixed linear layer cannot take."""
    height, width = images.shape[-2:]
    if (height, width) != (32, 32):
        raise InputError(f"expected images of 32x32 pixels, found {width}x{height}")
