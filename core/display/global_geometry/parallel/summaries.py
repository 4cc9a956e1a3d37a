"""Densities, means and intervals of the axes, placed on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import streamlit as st

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.brush import Interval
from core.display.global_geometry.values import BY_SOURCE, Values
from core.stats.density import smooth_densities

DENSITY_BINS = 96
# How far the highest peak of an axis's densities reaches towards the next axis.
_REACH = 0.42
_LEAST_SHOWN = 0.002


@dataclass(frozen=True)
class Density:
    """A curve that leans on an axis.

    Attributes:
        role: `reference` or `compared`.
        axis: its position.
        edges: (points,), the curve, as positions.
        heights: (points,), rising.
    """

    role: str
    axis: int
    edges: np.ndarray
    heights: np.ndarray


def histograms(values: Values, axes: Sequence[Axis], *, bins: int) -> pl.DataFrame:
    """Counts on each axis over all samples; values outside count in the outermost bins.

    Returns:
        axis (0-based), bin (0-based), samples; empty bins are absent.
    """
    counts = np.zeros((len(axes), bins), dtype=np.int64)
    for i, axis in enumerate(axes):
        defined = values.table[np.isfinite(values.table[:, i]), i]
        places = np.floor((defined - axis.low) / (axis.high - axis.low) * bins)
        counts[i] = np.bincount(np.clip(places, 0, bins - 1).astype(np.int64), minlength=bins)
    axis_places, bin_places = np.nonzero(counts)
    return pl.DataFrame(
        {"axis": axis_places, "bin": bin_places, "samples": counts[axis_places, bin_places]}
    )


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_SOURCE)
def densities_of(found: Mapping[str, Values], axes: Sequence[Axis]) -> list[Density]:
    """Curves over all samples, drawn from each axis to its right, as high on each axis."""
    counted = pl.concat(
        histograms(values, axes, bins=DENSITY_BINS).with_columns(
            role=pl.lit(role), metric=pl.col("axis").cast(pl.String)
        )
        for role, values in found.items()
    )
    ranges = {str(i): (axis.low, axis.high) for i, axis in enumerate(axes)}
    curves = smooth_densities(counted, ranges, group="role", bins=DENSITY_BINS)
    heights = (np.arange(DENSITY_BINS) + 0.5) / DENSITY_BINS
    by_axis: dict[int, list[tuple[str, np.ndarray]]] = {}
    for (metric, role), rows in curves.group_by("metric", "role", maintain_order=True):
        by_axis.setdefault(int(str(metric)), []).append((str(role), rows["density"].to_numpy()))
    shown = []
    for axis, of_roles in by_axis.items():
        highest = max(float(density.max()) for _, density in of_roles)
        for role, density in sorted(of_roles, key=lambda one: list(found).index(one[0])):
            width = _REACH * density / highest
            visible = np.flatnonzero(width > _LEAST_SHOWN)
            part = slice(visible[0], visible[-1] + 1)
            shown.append(Density(role, axis, axis + width[part], heights[part]))
    return shown


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_SOURCE)
def moments_of(found: Mapping[str, Values], axes: Sequence[Axis]) -> pl.DataFrame:
    """Mean and one standard deviation to either side on each axis, over all samples.

    Returns:
        role, position, height, low and high (heights), and in words axis, mean, samples;
        without the axes on which no sample has a value.
    """
    rows = []
    for role, values in found.items():
        for i, axis in enumerate(axes):
            defined = values.table[np.isfinite(values.table[:, i]), i]
            if not defined.size:
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


def interval_rows(intervals: Sequence[Interval], axes: Sequence[Axis]) -> pl.DataFrame:
    """Where the intervals stand on the axes: position, right, height, top."""
    rows = [
        (
            i - 0.13,
            i + 0.13,
            0.0 if one.low is None else axis.height(one.low),
            1.0 if one.high is None else axis.height(one.high),
        )
        for one in intervals
        for i, axis in enumerate(axes)
        if one.is_on(axis)
    ]
    schema = {"position": pl.Float64, "right": pl.Float64, "height": pl.Float64, "top": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("height", "top").clip(0, 1)
    )
