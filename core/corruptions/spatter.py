"""Drops of water or mud on the lens."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.corruptions.draws import Draws
from core.corruptions.filters import SIDE, blur, pad, resize_linear
from core.corruptions.grey_levels import Floats, Images, truncate

_WATER = (175, 238, 238)
_MUD = (63, 42, 20)
_TANGENT_22 = 13573  # tan(22.5 degrees) in 1/32768, as OpenCV's Canny has it


def spatter(images: Images, severity: int, draws: Draws) -> Images:
    """Let drops fall on the lens: water at severities 1 to 3, mud at 4 and 5.

    The drops are made at 32 x 32, where the thresholds and the 3 x 3 filters belong, and enlarged.
    """
    mean, deviation, sigma, threshold, strength, is_mud = (
        (0.62, 0.1, 0.7, 0.7, 0.5, False),
        (0.65, 0.1, 0.8, 0.7, 0.5, False),
        (0.65, 0.3, 1, 0.69, 0.5, False),
        (0.65, 0.1, 0.7, 0.69, 0.6, True),
        (0.65, 0.1, 0.5, 0.68, 0.6, True),
    )[severity - 1]
    scale = images.shape[1] / SIDE
    liquid = blur(draws.normal(SIDE, SIDE), sigma)
    liquid *= np.float32(deviation)
    liquid += np.float32(mean)
    values = images.astype(np.float32)
    if is_mud:
        cover = blur((liquid > threshold).astype(np.float32), strength)
        cover[cover < 0.8] = 0
        cover = resize_linear(cover, scale, axes=(1, 2))[..., None]
        values *= 1 - cover
        values += cover * np.array(_MUD, np.float32)
    else:
        liquid[liquid < threshold] = 0
        # Not clipped: a level over 255 comes out dark, as in the authors' cast.
        drops = (liquid * np.float32(255)).astype(np.int32).astype(np.uint8)
        shine = drops * _relief(drops)
        brightest = shine.max(axis=(1, 2), keepdims=True)
        shine *= np.float32(strength) / np.maximum(brightest, np.float32(1))
        shine = resize_linear(shine, scale, axes=(1, 2))[..., None]
        values += shine * np.array(_WATER, np.float32)
    return truncate(values)


def _relief(drops: Images) -> Floats:
    """Emboss drops (N, 32, 32) by the distance from their outlines; float32 0..255."""
    distance = np.minimum(chamfer_distance(outlines(drops)), np.float32(20))
    levels = equalised(_box_sum(distance, "reflect") / np.float32(9))
    padded = levels.astype(np.int16)
    for axis in (1, 2):
        padded = pad(padded, 1, axis=axis, mode="reflect")

    def at(row: int, column: int) -> NDArray[np.int16]:
        return padded[:, 1 + row : 1 + row + SIDE, 1 + column : 1 + column + SIDE]

    lit = at(0, 0) + at(0, 1) + at(1, 0) + 2 * at(1, 1) - 2 * at(-1, -1) - at(-1, 0) - at(0, -1)
    lit = np.clip(lit, 0, 255).astype(np.float32)
    relief: Floats = np.rint(_box_sum(lit, "reflect") / np.float32(9))
    return relief


def outlines(images: Images) -> NDArray[np.bool_]:
    """Canny's edges with thresholds 50 and 150 on 3 x 3 Sobel slopes, |dx| + |dy|; (N, H, W)."""
    padded = images.astype(np.int32)
    for axis in (1, 2):
        padded = pad(padded, 1, axis=axis, mode="edge")
    rows = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    columns = padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]
    right, down = rows[:, :, 2:] - rows[:, :, :-2], columns[:, 2:] - columns[:, :-2]
    slope = np.abs(right) + np.abs(down)
    around = np.pad(slope, ((0, 0), (1, 1), (1, 1)))
    height, width = slope.shape[1:]

    def at(row: int, column: int) -> NDArray[np.int32]:
        return around[:, 1 + row : 1 + row + height, 1 + column : 1 + column + width]

    steep = np.abs(down) << 15
    flat_limit = np.abs(right) * _TANGENT_22
    is_flat = steep < flat_limit
    is_steep = steep > flat_limit + (np.abs(right) << 16)
    falls = (right ^ down) < 0
    along_row = (slope > at(0, -1)) & (slope >= at(0, 1))
    along_column = (slope > at(-1, 0)) & (slope >= at(1, 0))
    falling = (slope > at(-1, 1)) & (slope > at(1, -1))
    rising = (slope > at(-1, -1)) & (slope > at(1, 1))
    diagonal = np.where(falls, falling, rising)
    ridge = np.where(is_flat, along_row, np.where(is_steep, along_column, diagonal))
    candidates = ridge & (slope > 50)
    within_image = np.zeros((3, 3, 3), bool)
    within_image[1] = True
    labels, count = ndimage.label(candidates, within_image)
    kept = np.zeros(count + 1, bool)
    kept[labels[candidates & (slope > 150)]] = True
    kept[0] = False
    edges: NDArray[np.bool_] = kept[labels]
    return edges


def chamfer_distance(edges: NDArray[np.bool_]) -> Floats:
    """Distance to the nearest edge by steps of 1, 1.4 and 2.1969 pixels (Borgefors 1986).

    Two sweeps over the rows; within a row the running minimum does what OpenCV's loop does.
    """
    count, height, width = edges.shape
    # Rows first, so that a row of all images lies together.
    distance = np.full((height + 4, count, width + 4), np.float32(1e4))
    inner = distance[2:-2, :, 2:-2]
    inner[edges.transpose(1, 0, 2)] = 0
    ramp = np.arange(width, dtype=np.float32)
    for order, behind in ((range(height), -1), (range(height - 1, -1, -1), 1)):
        for row in order:
            near, further = distance[row + 2 + behind], distance[row + 2 + 2 * behind]
            line = np.minimum(inner[row], near[:, 2:-2] + np.float32(1))
            beside = np.minimum(near[:, 1:-3], near[:, 3:-1])
            beside += np.float32(1.4)
            np.minimum(line, beside, out=line)
            knight = np.minimum(near[:, :-4], near[:, 4:])
            np.minimum(knight, further[:, 1:-3], out=knight)
            np.minimum(knight, further[:, 3:-1], out=knight)
            knight += np.float32(2.1969)
            np.minimum(line, knight, out=line)
            onward = line if behind == -1 else line[:, ::-1]
            onward -= ramp
            np.minimum.accumulate(onward, axis=1, out=onward)
            onward += ramp
            inner[row] = line
    return np.ascontiguousarray(inner.transpose(1, 0, 2))


def equalised(values: Floats) -> Images:
    """Cut to whole levels below 256 and spread each image's histogram over 0..255; (N, H, W)."""
    levels = values.astype(np.uint8)
    count = len(levels)
    pixels = levels.shape[1] * levels.shape[2]
    places = levels.reshape(count, -1) + 256 * np.arange(count)[:, None]
    histogram = np.bincount(places.ravel(), minlength=256 * count).reshape(count, 256)
    lowest = (histogram > 0).argmax(axis=1)
    rest = pixels - histogram[np.arange(count), lowest]
    below = np.cumsum(histogram, axis=1) - (pixels - rest)[:, None]
    table = np.rint(np.clip(below * (255 / np.maximum(rest, 1))[:, None], 0, 255))
    flat = rest == 0
    table[flat] = lowest[flat, None]
    spread: Images = table.astype(np.uint8).ravel()[places].reshape(levels.shape)
    return spread


def _box_sum(values: Floats, mode: str) -> Floats:
    for axis in (1, 2):
        padded = pad(values, 1, axis=axis, mode=mode)
        first, middle, last = (
            padded[(slice(None),) * axis + (slice(start, start + values.shape[axis]),)]
            for start in range(3)
        )
        values = first + middle + last
    return values
