"""Angles between random directions: their distribution by dimension, exact and sampled.

The angle t between two independent uniform directions in d dimensions has density proportional to
sin(t)^(d - 2) on 0..180 degrees: the sphere's area at that angle from a pole. It is symmetric
around 90 degrees. With n = d - 2, two partial integrations of the second moment of cos^n give
V(n) = V(n - 2) - 2 / n², from V(0) = pi² / 12 and V(1) = pi² / 4 - 2, in radians²; that is
trigamma(d / 2) / 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

MEAN = 90.0


def angle_deviation(dimension: int) -> float:
    """Standard deviation of the angle between two random directions, in degrees.

    Args:
        dimension: of the space, at least 2.
    """
    odd = dimension % 2
    variance = math.pi**2 / 4 - 2 if odd else math.pi**2 / 12
    for n in range(2 + odd, dimension - 1, 2):
        variance -= 2 / n**2
    return math.degrees(math.sqrt(variance))


def angle_density(degrees: NDArray[np.float64], dimension: int) -> NDArray[np.float64]:
    """Density of the angle between two random directions, per degree.

    Args:
        degrees: (N,) angles in 0..180.
        dimension: of the space, at least 2.

    Returns:
        (N,) densities.
    """
    # the integral of sin^(d-2) over 0..pi is sqrt(pi) gamma((d - 1) / 2) / gamma(d / 2)
    log_area = (
        0.5 * math.log(math.pi) + math.lgamma((dimension - 1) / 2) - math.lgamma(dimension / 2)
    )
    sines = np.clip(np.sin(np.radians(degrees)), 0, None)
    return np.asarray(sines ** (dimension - 2) * math.exp(-log_area) * math.pi / 180)


def sampled_angles(dimensions: Sequence[int], *, pairs: int, seed: int = 0) -> pl.DataFrame:
    """Angles between pairs of random vectors, normal in each coordinate and so of any direction.

    Args:
        dimensions: of the spaces.
        pairs: of vectors in each, at least 2.
        seed: of the draws.

    Returns:
        dimension, mean, deviation (of the sample), in degrees, in the order of the dimensions.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for dimension in dimensions:
        one, other = rng.standard_normal((2, pairs, dimension), dtype=np.float32).astype(np.float64)
        products = np.einsum("ij,ij->i", one, other)
        norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        angles = np.degrees(np.arccos(np.clip(products / norms, -1, 1)))
        rows.append((dimension, angles.mean(), angles.std(ddof=1)))
    return pl.DataFrame(
        rows,
        orient="row",
        schema={"dimension": pl.Int64, "mean": pl.Float64, "deviation": pl.Float64},
    )
