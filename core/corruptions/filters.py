"""Filters over a batch of images, each the sum of shifted copies.

Sums of shifted copies, and no matrix product over the batch: an image's values must not depend on
how many others are filtered with it, and a BLAS may add in another order for another batch.
"""

from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.corruptions.grey_levels import Floats

Number = TypeVar("Number", bound=np.generic)

SIDE = 32
"""Pixels: the side of the images that the authors' constants belong to."""


def gaussian_weights(sigma: float, *, truncate: float = 4) -> NDArray[np.float64]:
    """Return the normalised weights of a Gaussian of ``sigma`` pixels, cut at truncate sigmas."""
    radius = int(truncate * sigma + 0.5)
    places = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (places / sigma) ** 2)
    return np.asarray(weights / weights.sum())


def blur(values: Floats, sigma: float) -> Floats:
    """Gaussian blur of (N, H, W, ...) along H and W, the outermost pixels repeated at the rim."""
    weights = gaussian_weights(sigma)
    return filter_axis(filter_axis(values, weights, axis=1), weights, axis=2)


def smooth_noise(
    noise: Floats, sigma_share: float, *, side: int, truncate: float = 4, mode: str = "edge"
) -> Floats:
    """Blur white noise (N, side, side), with the strength it would have at 32 x 32.

    ``sigma_share`` is the Gaussian's sigma over the side. A wider blur averages more of the noise
    away; here the result is scaled back, so that a larger image gets the same picture, enlarged.
    """
    weights = gaussian_weights(sigma_share * side, truncate=truncate)
    strength = gaussian_weights(sigma_share * SIDE, truncate=truncate)
    smoothed = filter_axis(noise, weights, axis=1, mode=mode)
    smoothed = filter_axis(smoothed, weights, axis=2, mode=mode)
    if side != SIDE:
        smoothed *= np.float32((strength**2).sum() / (weights**2).sum())
    return smoothed


def sample_bilinear(planes: Floats, rows: Floats, columns: Floats, *, mode: str) -> Floats:
    """Read images between their pixels, mirrored beyond the rim.

    Args:
        planes: float32 (3, N, side, side), one plane a channel.
        rows: float32 (N, side, side), in pixels, not further out than four sides.
        columns: likewise.
        mode: "reflect" (about the outermost pixel) or "symmetric" (about its edge).

    Returns:
        float32 of the planes' shape.
    """
    count, side = planes.shape[1:3]
    folded = _padded_places(side, 4 * side, mode)
    flat = planes.reshape(3, -1)
    top, left = np.floor(rows), np.floor(columns)
    down, right = rows - top, columns - left
    first_row, first_column = top.astype(np.intp) + 4 * side, left.astype(np.intp) + 4 * side
    starts = (np.arange(count) * (side * side))[:, None, None]
    lines = [folded.take(row) * side + starts for row in (first_row, first_row + 1)]
    places = [folded.take(column) for column in (first_column, first_column + 1)]
    corners = [line + place for line in lines for place in places]
    output = np.empty(planes.shape, np.float32)
    for plane, sampled in zip(flat, output, strict=True):
        upper, upper_right, lower, lower_right = (plane.take(corner) for corner in corners)
        _move_towards(upper_right, right, upper)
        _move_towards(lower_right, right, lower)
        _move_towards(lower, down, upper)
        sampled[:] = upper
    return output


def _move_towards(goal: Floats, share: Floats, start: Floats) -> None:
    """Move ``start`` a share of the way to ``goal``, in place; ``goal`` is used up."""
    goal -= start
    goal *= share
    start += goal


def resize_linear(values: Floats, factor: float, *, axes: tuple[int, ...]) -> Floats:
    """Resize some axes by interpolation between pixel centres, without smoothing first."""
    if factor == 1:
        return values
    for axis in axes:
        length = values.shape[axis]
        centres = (np.arange(round(length * factor)) + 0.5) / factor - 0.5
        centres = np.clip(centres, 0, length - 1)
        near = np.minimum(centres.astype(np.intp), max(length - 2, 0))
        share = (centres - near).astype(np.float32)
        share = share.reshape(-1, *[1] * (values.ndim - axis - 1))
        far = np.minimum(near + 1, length - 1)
        values = values.take(near, axis) * (1 - share) + values.take(far, axis) * share
    return values


def filter_axis(
    values: Floats, weights: NDArray[np.float64], *, axis: int, mode: str = "edge"
) -> Floats:
    """Correlate with symmetric ``weights`` (2 radius + 1,) along one axis; ``mode`` as np.pad."""
    radius = len(weights) // 2
    padded = pad(values, radius, axis=axis, mode=mode)
    length = values.shape[axis]

    def shifted(by: int) -> Floats:
        start = radius + by
        return (
            padded[:, start : start + length]
            if axis == 1
            else (padded[:, :, start : start + length])
        )

    output = shifted(0) * np.float32(weights[radius])
    pair = np.empty_like(output)
    for by in range(1, radius + 1):
        np.add(shifted(-by), shifted(by), out=pair)
        pair *= np.float32(weights[radius + by])
        output += pair
    return output


def pad(values: NDArray[Number], radius: int, *, axis: int, mode: str) -> NDArray[Number]:
    """Pad one axis by ``radius`` on both sides; ``mode`` as in np.pad."""
    return values.take(_padded_places(values.shape[axis], radius, mode), axis=axis)


@lru_cache(maxsize=256)
def _padded_places(length: int, radius: int, mode: str) -> NDArray[np.intp]:
    places: NDArray[np.intp] = np.pad(np.arange(length), radius, mode=mode)  # type: ignore[call-overload]
    return places
