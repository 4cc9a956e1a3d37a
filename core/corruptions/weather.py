"""Corruptions by weather: snow, frost, fog, brightness and spatter."""

import numpy as np

from core.corruptions.draws import Draws
from core.corruptions.filters import SIDE, resize_linear
from core.corruptions.frost import frost
from core.corruptions.grey_levels import Images, channel_planes, from_planes, luminance, truncate
from core.corruptions.motion import motion_blur_line
from core.corruptions.plasma import plasma
from core.corruptions.spatter import spatter
from core.corruptions.zooming import zoom_mean

__all__ = ["brightness", "fog", "frost", "snow", "spatter"]


def snow(images: Images, severity: int, draws: Draws) -> Images:
    """Whiten the image and let streaks of noise fall over it, and over it upside down.

    The flakes are made at 32 x 32 and enlarged.
    """
    mean, deviation, flake, threshold, radius, sigma, kept = (
        (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
        (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
        (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
        (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
        (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    )[severity - 1]
    scale = images.shape[1] / SIDE
    flakes = draws.normal(SIDE, SIDE) * np.float32(deviation) + np.float32(mean)
    if flake > 1:
        flakes = zoom_mean(flakes, (flake,))
    flakes[flakes < threshold] = 0
    flakes = resize_linear(flakes, scale, axes=(1, 2))
    streaks = motion_blur_line(
        truncate(flakes * np.float32(255)), radius * scale, sigma * scale, draws.uniform(-135, -45)
    )
    layer = streaks.astype(np.float32)
    layer += streaks[:, ::-1, ::-1]
    values = images.astype(np.float32)
    grey = luminance(values)
    grey *= np.float32(1.5)
    grey += np.float32(127.5)
    whitened = np.maximum(values, grey[..., None])
    whitened *= np.float32(1 - kept)
    values *= np.float32(kept)
    values += whitened
    values += layer[..., None]
    return truncate(values)


def fog(images: Images, severity: int, draws: Draws) -> Images:
    """Add a cloud, and darken so that the brightest value stays the brightest."""
    amount, decay = ((0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75))[severity - 1]
    side = images.shape[1]
    cloud = plasma(side, decay, draws)[:, :side, :side, None]
    brightest = images.max(axis=(1, 2, 3), keepdims=True).astype(np.float32)
    values = images + cloud * np.float32(255 * amount)
    values *= brightest / (brightest + np.float32(255 * amount))
    return truncate(values)


def brightness(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Raise the value of HSV, hue and saturation kept: all channels grow by one factor."""
    shift = np.float32(255 * (0.05, 0.1, 0.15, 0.2, 0.3)[severity - 1])
    planes = channel_planes(images)
    largest = planes.max(axis=0)
    wanted = np.minimum(largest + shift, np.float32(255))
    is_black = largest == 0
    largest[is_black] = 1
    planes *= wanted / largest
    planes += wanted * is_black
    return from_planes(truncate(planes))
