"""Corruptions of digital processing: contrast, saturation, elasticity, pixelation and JPEG."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.corruptions.draws import Draws
from core.corruptions.filters import sample_bilinear, smooth_noise
from core.corruptions.grey_levels import Floats, Images, channel_planes, from_planes, truncate


def contrast(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Draw every value towards the mean of its image and channel."""
    kept = (0.75, 0.5, 0.4, 0.3, 0.15)[severity - 1]
    count, height, width = images.shape[:3]
    sums = images.reshape(count, height * width, 3).sum(axis=1, dtype=np.int64)
    share = (1 - kept) / (height * width)
    values = images * np.float32(kept)
    values += (sums * share).astype(np.float32)[:, None, None]
    return truncate(values)


def saturate(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Scale and shift the saturation of HSV, hue and value kept.

    With hue and value fixed, a channel's distance below the largest one is proportional to the
    saturation, so no hue is ever computed. A grey pixel has hue zero and turns to red.
    """
    factor, shift = ((0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2))[severity - 1]
    planes = channel_planes(images)
    largest = planes.max(axis=0)
    gaps = largest - planes
    spread = gaps.max(axis=0)
    wanted = spread * np.float32(factor)
    wanted += largest * np.float32(shift)
    np.minimum(wanted, largest, out=wanted)
    is_grey = spread == 0
    spread[is_grey] = 1
    gaps *= wanted / spread
    gaps[1:] += wanted * is_grey
    np.subtract(largest, gaps, out=gaps)
    return from_planes(truncate(gaps))


def elastic_transform(images: Images, severity: int, draws: Draws) -> Images:
    """Bend the image: a random affine map, then a smooth field of small displacements."""
    displacement, smoothness, tilt = (
        (0, 0, 0.08),
        (0.05, 0.2, 0.07),
        (0.08, 0.06, 0.06),
        (0.1, 0.04, 0.05),
        (0.1, 0.03, 0.03),
    )[severity - 1]
    side = images.shape[1]
    rows, columns = _affine_places(side, draws.uniform(-tilt * side, tilt * side, 3, 2))
    planes = channel_planes(images)
    bent = sample_bilinear(planes, rows, columns, mode="reflect")
    if displacement:
        field = draws.uniform(-1, 1, 2 * side * side).reshape(-1, side, side)
        field = smooth_noise(field, smoothness, side=side, truncate=3, mode="symmetric")
        field *= np.float32(displacement * side)
        shifts = field.reshape(-1, 2, side, side)
        grid = np.arange(side, dtype=np.float32)
        bent = sample_bilinear(
            bent, shifts[:, 0] + grid[:, None], shifts[:, 1] + grid, mode="symmetric"
        )
    return from_planes(truncate(bent))


def _affine_places(side: int, shifts: Floats) -> tuple[Floats, Floats]:
    """Return where each output pixel comes from, (N, side, side) rows and columns.

    The map takes three corners of a square about the centre to themselves plus ``shifts``
    (N, 3, 2), in pixels, column first.
    """
    centre, half = side // 2, side // 3
    corners = np.array([(half, half), (half, -half), (-half, -half)], np.float64) + centre
    moved = np.concatenate([corners + shifts, np.ones((len(shifts), 3, 1))], axis=2)
    back = np.linalg.inv(moved) @ corners  # (N, 3, 2): [column, row, 1] @ back = source
    place = np.arange(side)
    columns, rows = (
        back[:, 0, axis, None, None] * place
        + back[:, 1, axis, None, None] * place[:, None]
        + back[:, 2, axis, None, None]
        for axis in (0, 1)
    )
    return rows.astype(np.float32), columns.astype(np.float32)


def pixelate(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Shrink by averaging boxes of pixels, and enlarge again, as Pillow's box filter does.

    Shrunk to 65 % or more, a box holds one pixel or two, so an axis is an average of two look-ups,
    rounded half up as in Pillow; enlarging is one look-up.
    """
    share = (0.95, 0.9, 0.85, 0.75, 0.65)[severity - 1]
    first, last = _box_ends(images.shape[1], int(images.shape[1] * share))
    for axis in (2, 1):
        pairs = images.take(first, axis=axis).astype(np.uint16)
        pairs += images.take(last, axis=axis)
        pairs += 1
        pairs >>= 1
        images = pairs.astype(np.uint8)
    return images


@lru_cache(maxsize=64)
def _box_ends(side: int, small: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return, for each of ``side`` output pixels, the two ends of the box that colours it.

    Pillow is asked, once a size, with a ramp of pixel numbers: where a centre lies on the edge of
    two boxes, its rounding decides.
    """
    box = Image.Resampling.BOX
    ramp = Image.fromarray(np.arange(side, dtype=np.float32)[None])
    means = np.asarray(ramp.resize((small, 1), box).resize((side, 1), box))[0]
    return np.floor(means).astype(np.intp), np.ceil(means).astype(np.intp)


def jpeg_compression(images: Images, severity: int, draws: Draws) -> Images:  # noqa: ARG001
    """Write and read each image as JPEG (Pillow's default 4:2:0 chroma)."""
    quality = (80, 65, 58, 50, 40)[severity - 1]
    size = images.shape[2], images.shape[1]
    output = np.empty_like(images)
    for image, place in zip(images, output, strict=True):
        # The codec itself, without the parsing of headers that are known: half the time.
        data = Image.fromarray(image).tobytes("jpeg", "RGB", quality)
        place[:] = np.asarray(Image.frombytes("RGB", size, data, "jpeg", "RGB", ""))
    return output
