"""Densities, means and ranges of the axes, placed on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.values import Values
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
    counts = np.zeros((len(values.axes), bins), dtype=np.int64)
    for i, axis in enumerate(values.axes):
        places = np.floor((values.defined(i) - axis.low) / (axis.high - axis.low) * bins)
        counts[i] = np.bincount(np.clip(places, 0, bins - 1).astype(np.int64), minlength=bins)
    filled = np.nonzero(counts)
    return pl.DataFrame({"axis": filled[0], "bin": filled[1], "samples": counts[filled]})


def densities_of(found: Mapping[str, Values]) -> list[Density]:
    """Curves over all samples by role, drawn from each axis to its right, as high on each axis."""
    counted = pl.concat(
        histograms(values, bins=DENSITY_BINS).with_columns(
            role=pl.lit(role), metric=pl.col("axis").cast(pl.String)
        )
        for role, values in found.items()
    )
    axes = next(iter(found.values())).axes
    ranges = {str(i): (axis.low, axis.high) for i, axis in enumerate(axes)}
    curves = smooth_densities(counted, ranges, group="role", bins=DENSITY_BINS).with_columns(
        width=_REACH * pl.col("density") / pl.col("density").max().over("metric")
    )
    heights = (np.arange(DENSITY_BINS) + 0.5) / DENSITY_BINS
    widths = {
        (int(str(metric)), str(role)): rows["width"].to_numpy()
        for (metric, role), rows in curves.group_by("metric", "role", maintain_order=True)
    }
    shown = []
    for i in range(len(axes)):
        for role in found:
            if (width := widths.get((i, role))) is not None:
                visible = np.flatnonzero(width > _LEAST_SHOWN)
                part = slice(visible[0], visible[-1] + 1)
                shown.append(Density(role, i, i + width[part], heights[part]))
    return shown


def moments_of(found: Mapping[str, Values]) -> pl.DataFrame:
    """Mean and one standard deviation to either side on each axis, over all samples by role.

    Returns:
        role, position, height, low and high (heights), and in words axis, mean, samples; NULL
        but for role and position where no sample has a value.
    """
    rows: list[dict[str, object]] = []
    for role, values in found.items():
        for i, axis in enumerate(values.axes):
            defined = values.defined(i)
            if not defined.size:
                rows.append({"role": role, "position": float(i)})
                continue
            mean = float(defined.mean())
            spread = float(defined.std(ddof=1)) if defined.size > 1 else 0.0
            rows.append(
                {
                    "role": role,
                    "position": float(i),
                    "height": axis.height(mean),
                    "low": max(-0.02, axis.height(mean - spread)),
                    "high": min(1.02, axis.height(mean + spread)),
                    "axis": axis.title,
                    "mean": f"{mean:.2f}{axis.unit} ± {spread:.2f}{axis.unit}",
                    "samples": f"{defined.size:,} of {len(values.table):,}",
                }
            )
    schema = {"role": pl.String, "position": pl.Float64, "height": pl.Float64, "low": pl.Float64,
              "high": pl.Float64, "axis": pl.String, "mean": pl.String,
              "samples": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


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
    schema = {"position": pl.Float64, "right": pl.Float64, "height": pl.Float64, "top": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("height", "top").clip(0, 1)
    )
