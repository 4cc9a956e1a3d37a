"""Densities, means and intervals of the axes, placed on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from core.display.asking import ask
from core.display.densities import smooth_densities
from core.display.global_geometry_axes import Axis, class_ids
from core.display.global_geometry_intervals import Interval
from core.display.state import Combination, View
from core.store import direction_queries

DENSITY_BINS = 96
# How far the highest peak of an axis's densities reaches towards the next axis.
_REACH = 0.42


def densities_of(
    view: View, combinations: Mapping[str, Combination], axes: Sequence[Axis]
) -> pl.DataFrame:
    """Curves over all rows, drawn from each axis to its right, as `Strip.densities`."""
    histograms = pl.concat(
        ask(
            direction_queries.axis_histograms,
            view.resolved,
            one.key,
            class_ids=class_ids(axes),
            ranges=tuple((axis.low, axis.high) for axis in axes),
            bins=DENSITY_BINS,
            chosen=view.chosen,
        ).with_columns(role=pl.lit(role), metric=pl.col("axis").cast(pl.String))
        for role, one in combinations.items()
    )
    ranges = {str(i): (axis.low, axis.high) for i, axis in enumerate(axes)}
    curves = smooth_densities(
        histograms, ranges, group="role", bins=DENSITY_BINS
    ).with_columns(axis=pl.col("metric").cast(pl.Int64))  # fmt: skip
    low = [axis.low for axis in axes]
    span = [axis.high - axis.low for axis in axes]
    return (
        curves.with_columns(
            position=pl.col("axis").cast(pl.Float64),
            edge=pl.col("axis") + _REACH * pl.col("density") / pl.col("density").max().over("axis"),
            height=(pl.col("value") - pl.col("axis").replace_strict(dict(enumerate(low))))
            / pl.col("axis").replace_strict(dict(enumerate(span))),
            title=pl.col("axis").replace_strict({i: axis.title for i, axis in enumerate(axes)}),
        )
        .filter(pl.col("edge") - pl.col("position") > 0.002)
        .select("axis", "role", "title", "position", "edge", "height", "value", "samples")
    )


def moments_of(
    view: View, combinations: Mapping[str, Combination], axes: Sequence[Axis]
) -> pl.DataFrame:
    """Mean and one standard deviation to either side, as `Strip.moments`."""
    rows = []
    for role, one in combinations.items():
        found = ask(
            direction_queries.axis_moments,
            view.resolved,
            one.key,
            class_ids=class_ids(axes),
            chosen=view.chosen,
        )
        for row in found.filter(pl.col("mean").is_not_null()).iter_rows(named=True):
            axis, spread = axes[row["axis"]], row["deviation"] or 0.0
            rows.append(
                {
                    **row,
                    "role": role,
                    "title": axis.title,
                    "position": float(row["axis"]),
                    "height": axis.height(row["mean"]),
                    "foot": max(-0.02, axis.height(row["mean"] - spread)),
                    "top": min(1.02, axis.height(row["mean"] + spread)),
                }
            )
    schema = {"role": pl.String, "title": pl.String, "position": pl.Float64, "height": pl.Float64,
              "foot": pl.Float64, "top": pl.Float64, "mean": pl.Float64, "deviation": pl.Float64,
              "defined": pl.Int64, "samples": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def interval_rows(intervals: Sequence[Interval], axes: Sequence[Axis]) -> pl.DataFrame:
    """Where the intervals stand on the axes, as `Strip.intervals`."""
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
