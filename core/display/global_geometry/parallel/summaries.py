"""Densities, means and ranges of the axes, placed on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.values import RIM, Values
from core.stats.density import smooth_densities
from core.store.subsets.ranges import Range

DENSITY_BINS = 96
# How far the highest peak of an axis's densities reaches towards the next axis.
_REACH = 0.42
_LEAST_SHOWN = 0.002
# Of the mark of a range.
_HALF_WIDTH = 0.13


class Density(NamedTuple):
    """A curve that leans on an axis: points at positions `edges` and rising heights."""

    role: str
    axis: int
    edges: np.ndarray
    heights: np.ndarray


def histograms(values: Values, *, bins: int) -> pl.DataFrame:
    """Counts on each axis over all samples; values outside count in the outermost bins.

    Returns:
        axis (0-based), bin (0-based), samples; empty bins are absent.
    """
    places = np.floor(values.on_axes(slice(None)) * bins).clip(0, bins - 1)
    row, axis = np.nonzero(np.isfinite(places))
    found = pl.DataFrame({"axis": axis, "bin": places[row, axis].astype(np.int64)})
    return found.group_by("axis", "bin").agg(samples=pl.len()).sort("axis", "bin")


def densities_of(found: Mapping[str, Values]) -> list[Density]:
    """Curves over all samples by role, as high on each axis.

    That of the first of two roles leans to the left of its axis, the other to the right, so that
    neither covers the other; one alone leans to the right.
    """
    sides = dict.fromkeys(found, 1) | ({next(iter(found)): -1} if len(found) > 1 else {})
    axes = range(len(next(iter(found.values())).axes))
    counted = pl.concat(
        histograms(values, bins=DENSITY_BINS).with_columns(
            role=pl.lit(role), metric=pl.col("axis").cast(pl.String)
        )
        for role, values in found.items()
    )
    foot_to_top = {str(axis): (0.0, 1.0) for axis in axes}
    width = _REACH * pl.col("density") / pl.col("density").max().over("metric")
    curves = (
        smooth_densities(counted, foot_to_top, group="role", bins=DENSITY_BINS)
        .with_columns(width=width)
        .filter(pl.col("width") > _LEAST_SHOWN)
        .partition_by("metric", "role", as_dict=True)
    )
    return [
        Density(
            role, axis, axis + sides[role] * curve["width"].to_numpy(), curve["value"].to_numpy()
        )
        for axis in axes
        for role in found
        if (curve := curves.get((str(axis), role))) is not None
    ]


def moments_of(found: Mapping[str, Values]) -> pl.DataFrame:
    """Mean and one standard deviation to either side on each axis, over all samples by role.

    Returns:
        role, position, height, low and high (heights), and in words axis, mean, samples; NULL
        but for role and position where no sample has a value.
    """
    rows: list[dict[str, object]] = []
    for role, values in found.items():
        for i, (axis, column) in enumerate(zip(values.axes, values.table.T, strict=True)):
            defined = column[np.isfinite(column)]
            rows.append({"role": role, "position": float(i)})
            if not defined.size:
                continue
            mean = float(defined.mean())
            spread = float(defined.std(ddof=1)) if defined.size > 1 else 0.0
            rows[-1] |= {
                "height": axis.height(mean),
                "low": max(-RIM, axis.height(mean - spread)),
                "high": min(1 + RIM, axis.height(mean + spread)),
                "axis": axis.title,
                "mean": f"{mean:.2f}{axis.unit} ± {spread:.2f}{axis.unit}",
                "samples": f"{defined.size:,} of {len(values.table):,}",
            }
    numbers = dict.fromkeys(("position", "height", "low", "high"), pl.Float64)
    words = dict.fromkeys(("axis", "mean", "samples"), pl.String)
    return pl.DataFrame(rows, schema={"role": pl.String, **numbers, **words})


def range_rows(
    ranges: Mapping[str, Range], axes: Sequence[Axis], roles: Sequence[str]
) -> pl.DataFrame:
    """Where the ranges of some roles stand on the axes: position, right, height, top."""
    rows = [
        (i - _HALF_WIDTH, i + _HALF_WIDTH, *map(axis.height, limits.closed((axis.low, axis.high))))
        for i, axis in enumerate(axes)
        for role in roles
        if (limits := ranges.get(axis.range_name(role))) is not None
    ]
    schema = dict.fromkeys(("position", "right", "height", "top"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("height", "top").clip(0, 1)
    )
