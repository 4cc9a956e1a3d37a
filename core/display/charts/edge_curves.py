"""Density curves along the edges of a plot, drawn in the plot's own units.

A plot with curves above and beside it is usually several plots side by side, which can't
shrink with the window. Here the curves lie in one plot, beyond the range of its axes.
"""

from __future__ import annotations

from math import floor, log10

import polars as pl

SHARE = 0.27
_GAP = 0.03
Ranges = dict[str, tuple[float, float]]


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
    value = pl.col("value")
    level = pl.col("density") / pl.col("density").max().over("class", "metric")
    is_length = pl.col("metric") == "length"
    along = (
        pl.when(pl.col("metric") == "margin")
        .then(right + (value - margin_low) * (width / (margin_high - margin_low)))
        .otherwise(value)
    )
    return densities.select(
        "class",
        "metric",
        "outcome",
        "selected",
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


def tick_step(low: float, high: float, *, about: int) -> float:
    """The distance of round values of which about so many fit between low and high."""
    rough = (high - low) / about
    unit = 10.0 ** floor(log10(rough))
    return next(unit * s for s in (1, 2, 5, 10) if unit * s > 0.75 * rough)


def beyond(extent: tuple[float, float]) -> tuple[float, float]:
    """Where the strip beyond an axis starts, and how wide it is, in the axis's unit."""
    low, high = extent
    return high + _GAP * (high - low), SHARE * (high - low)
