"""Density curves of selected samples, and along the edges of a plot in the plot's own units.

A plot with curves above and beside it is usually several plots side by side, which can't
shrink with the window. Here the curves lie in one plot, beyond the range of its axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.stats.density import smooth_densities

_SHARE, _GAP = 0.27, 0.03
Ranges = dict[str, tuple[float, float]]


def density_curves(
    histograms: pl.DataFrame,
    ranges: Ranges,
    by: Sequence[str],
    *,
    bins: int,
    narrowed: bool,
    least: int = 1,
) -> pl.DataFrame:
    """Density curves of the selected samples of each group, and of all where narrowed.

    Args:
        histograms: metric, bin, samples, selected, and the columns in `by`.
        ranges: low and high of each metric.
        by: columns whose values get a curve each.
        bins: bins between low and high.
        narrowed: whether some samples may be left out.
        least: samples that a curve needs.

    Returns:
        metric, the columns in `by`, selected (false where the curve is of all), value, density,
        samples.
    """
    group = [*by, "selected"]
    bars = histograms.group_by("metric", *by, "bin").agg(pl.col("samples", "selected").sum())
    parts = [bars.with_columns(samples="selected", selected=pl.lit(True))]
    if narrowed:
        parts.append(bars.with_columns(selected=pl.lit(False)))
    long = pl.concat(parts).filter(
        pl.col("samples").sum().over("metric", *group) >= least, pl.col("samples") > 0
    )
    curves = long.select(group).unique().sort(group).with_row_index("curve")
    found = smooth_densities(long.join(curves, on=group), ranges, group="curve", bins=bins)
    return found.join(curves, on="curve", maintain_order="left").drop("curve")


def edge_curves(densities: pl.DataFrame, ranges: Ranges) -> pl.DataFrame:
    """The curve of angle above the plot, of length beside it and of margin in its corner.

    Args:
        densities: class, metric, outcome, selected, value, density. The highest curve of a
            metric within a class fills its strip.
        ranges: low and high of each metric.

    Returns:
        class, metric, outcome, selected, x, y: points of the curves in units of angle and length,
        in the order of the densities.
    """
    margin_low, margin_high = ranges["margin"]
    right, width = beyond(ranges["angle"])
    top, height = beyond(ranges["length"])
    value, is_length = pl.col("value"), pl.col("metric") == "length"
    level = pl.col("density") / pl.col("density").max().over("class", "metric")
    in_corner = right + (value - margin_low) * (width / (margin_high - margin_low))
    along = pl.when(pl.col("metric") == "margin").then(in_corner).otherwise(value)
    return densities.select(
        pl.col("class", "metric", "outcome", "selected"),
        x=pl.when(is_length).then(right + width * level).otherwise(along),
        y=pl.when(is_length).then(value).otherwise(top + height * level),
    )


def captions(ranges: Ranges, *, below: float) -> pl.DataFrame:
    """What each curve is the density of, and where the corner's margin is zero.

    Args:
        ranges: low and high of each metric.
        below: how far under the axis the word for the curve beside the plot stands, as a
            share of the range of length.

    Returns:
        x, y, y2, text: for each strip a text, y2 NULL; a line from y to y2 where the decision
        boundary lies in the corner, text NULL, none outside the range.
    """
    right, width = beyond(ranges["angle"])
    top, height = beyond(ranges["length"])
    low, high = ranges["length"]
    margin_low, margin_high = ranges["margin"]
    rows: list[tuple[float, float, float | None, str | None]] = [
        (ranges["angle"][0], top + height, None, "density of angle"),
        (right, top + height, None, "margin"),
        (right, low - below * (high - low), None, "length"),
    ]
    if margin_low < 0 < margin_high:
        zero = right - margin_low * width / (margin_high - margin_low)
        rows.append((zero, top, top + height, None))
    columns = {"x": pl.Float64, "y": pl.Float64, "y2": pl.Float64, "text": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row")


def beyond(extent: tuple[float, float]) -> tuple[float, float]:
    """Where the strip beyond an axis starts, and how wide it is, in the axis's unit."""
    low, high = extent
    return high + _GAP * (high - low), _SHARE * (high - low)
