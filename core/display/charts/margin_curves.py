"""Density curves along the edges of a plot, drawn in the plot's own units.

A plot with curves above and beside it is usually several plots side by side, which can't
shrink with the window. Here the curves lie in one plot, beyond the range of its axes.
"""

from __future__ import annotations

from math import ceil, floor, log10

import altair as alt
import polars as pl

SHARE = 0.27
_GAP = 0.03
Ranges = dict[str, tuple[float, float]]


def curves_above(densities: pl.DataFrame, ranges: Ranges, *, group: str) -> pl.DataFrame:
    """The curve of angle above the plot and of margin in its corner.

    Args:
        densities: metric, `group`, value, density, samples.
        ranges: low and high of each metric.
        group: column whose values get a curve each.

    Returns:
        metric, group, samples, value (in the metric's unit), x, y (top of the curve), base
        (its foot), in units of angle and length.
    """
    low, high = ranges["angle"]
    margin_low, margin_high = ranges["margin"]
    corner = high + _GAP * (high - low)
    stretch = SHARE * (high - low) / (margin_high - margin_low)
    x = (
        pl.when(pl.col("metric") == "margin")
        .then(corner + (pl.col("value") - margin_low) * stretch)
        .otherwise(pl.col("value"))
    )
    foot, height = _beyond(ranges["length"])
    return (
        densities.filter(pl.col("metric").is_in(["angle", "margin"]))
        .with_columns(x=x, y=foot + height * _level(), base=pl.lit(foot))
        .select("metric", group, "samples", "value", "x", "y", "base")
    )


def curves_beside(densities: pl.DataFrame, ranges: Ranges, *, group: str) -> pl.DataFrame:
    """The curve of length to the right: metric, group, samples, value, x, base, y."""
    foot, width = _beyond(ranges["angle"])
    return (
        densities.filter(pl.col("metric") == "length")
        .with_columns(x=foot + width * _level(), base=pl.lit(foot), y=pl.col("value"))
        .select("metric", group, "samples", "value", "x", "base", "y")
    )


def margin_zero(ranges: Ranges) -> pl.DataFrame | None:
    """Where the decision boundary lies in the corner: x, y, y2; None outside the range."""
    margin_low, margin_high = ranges["margin"]
    if not margin_low < 0 < margin_high:
        return None
    low, high = ranges["angle"]
    corner = high + _GAP * (high - low)
    x = corner - margin_low * SHARE * (high - low) / (margin_high - margin_low)
    foot, height = _beyond(ranges["length"])
    return pl.DataFrame({"x": [x], "y": [foot], "y2": [foot + height]})


def captions(ranges: Ranges) -> pl.DataFrame:
    """What each curve is the density of: x, y, text; at the outer end of its strip."""
    foot_x, _ = _beyond(ranges["angle"])
    foot_y, height = _beyond(ranges["length"])
    return pl.DataFrame(
        {
            "x": [ranges["angle"][0], foot_x, foot_x],
            "y": [foot_y + height, foot_y + height, 0.93 * foot_y + 0.07 * ranges["length"][0]],
            "text": ["density of angle", "margin", "length"],
        }
    )


def scale(ranges: Ranges, metric: str) -> alt.Scale:
    """The axis of angle or length with room for the curves at its end."""
    low, high = ranges[metric]
    foot, size = _beyond((low, high))
    return alt.Scale(domain=[low, foot + size], zero=False, nice=False)


def ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Round values from low to high, about so many."""
    rough = (high - low) / about
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * s for s in (1, 2, 5, 10) if unit * s > 0.75 * rough)
    return [round(step * i, 10) for i in range(ceil(low / step), floor(high / step) + 1)]


def _beyond(extent: tuple[float, float]) -> tuple[float, float]:
    """Where the strip beyond an axis starts, and how wide it is, in the axis's unit."""
    low, high = extent
    return high + _GAP * (high - low), SHARE * (high - low)


def _level() -> pl.Expr:
    """Density as a share of the highest of its metric."""
    return pl.col("density") / pl.col("density").max().over("metric")
