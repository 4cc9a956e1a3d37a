"""Rows of small plots, one method a row, from dense to sparse (paper, figure 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.edge_curves import Ranges, ticks
from core.display.local_geometry.scatter.chart import CORRECTNESS, SHORT_TITLES

ROW_WIDTH = 1000
SPACING = 8
PLOT_HEIGHT = 118
# Room for the accuracy above the samples, as a share of the range of length.
_HEADROOM = 0.16


def sweep_rows(
    ranges: Ranges,
    *,
    series: Sequence[str],
    panels: Sequence[str],
    colours: Mapping[str, str],
) -> alt.FacetChart:
    """A plot per series and ratio: samples, and the path of their mean up to this ratio.

    Rows of `plots`: as `rows` returns.

    Args:
        ranges: low and high of angle and length.
        series: the rows in order.
        panels: the columns in order.
        colours: colour of each series.
    """
    width = max(90, min(180, ROW_WIDTH // max(1, len(panels)) - SPACING))
    x, y = _axes(ranges)
    base = alt.Chart().encode(x=x, y=y)
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=list(series), range=[colours[name] for name in series]),
        legend=None,
    )
    samples = (
        base.transform_filter("isValid(datum.outcome)")
        .mark_circle(size=13, opacity=0.6)
        .encode(
            fill=alt.Fill("outcome:N", scale=CORRECTNESS, legend=None),
            tooltip=[alt.Tooltip("words:N", title="sample")],
        )
    )
    path = (
        base.transform_filter("datum.kind === 'path'")
        .mark_line(strokeWidth=2)
        .encode(color=colour, order=alt.Order("step:Q"))
    )
    mean = base.transform_filter("datum.kind === 'mean'")
    dot = mean.mark_point(filled=True, size=70, opacity=1, stroke="white", strokeWidth=1).encode(
        color=colour, tooltip=[alt.Tooltip("words:N", title="accuracy (95 % interval)")]
    )
    words = mean.mark_text(
        align="right", baseline="top", fontSize=10, color=theme.REFERENCE
    ).encode(x=alt.value(width - 2), y=alt.value(2), text="words:N")
    chart = (
        alt.layer(samples, path, dot, words)
        .properties(width=width, height=PLOT_HEIGHT)
        .facet(
            data=alt.NamedData("plots"),
            row=alt.Row("series:N", sort=list(series), title=None, header=_header()),
            column=alt.Column("panel:N", sort=list(panels), title=None, header=_header()),
            spacing=SPACING,
        )
    )
    return theme.for_many_marks(chart)


def rows(points: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """What the plots draw.

    Args:
        points: series, panel, sample_id, outcome, angle, length.
        steps: series, panel, step, angle, length (means), accuracy (in words).

    Returns:
        series, panel, kind (`path` and `mean`, NULL for a sample), outcome (of a sample), step
        (along a path), angle, length, and words: a sample and its place, a mean's accuracy.
    """
    place = ["series", "panel", "angle", "length"]
    numbers = (pl.col(name).cast(pl.Float64).round(1) for name in ("angle", "length"))
    samples = points.select(
        *place,
        "outcome",
        words=pl.format("{} ({}), angle {}°, length {}", "sample_id", "outcome", *numbers),
    )
    means = steps.select(*place, kind=pl.lit("mean"), words="accuracy")
    return pl.concat([samples, _paths(steps), means], how="diagonal_relaxed")


def _paths(steps: pl.DataFrame) -> pl.DataFrame:
    """For each plot, the means from the dense model to the plot's own ratio."""
    ends = steps.select("series", "panel", end="step")
    return (
        ends.join(steps.select("series", "step", "angle", "length"), on="series")
        .filter(pl.col("step") <= pl.col("end"))
        .select("series", "panel", "step", "angle", "length", kind=pl.lit("path"))
    )


def _header() -> alt.Header:
    return alt.Header(labelFontSize=12, labelColor=theme.REFERENCE, labelPadding=4)


def _axes(ranges: Ranges) -> tuple[alt.X, alt.Y]:
    (left, right), (low, high) = ranges["angle"], ranges["length"]
    return (
        alt.X(
            "angle:Q",
            title=SHORT_TITLES["angle"],
            scale=alt.Scale(domain=[left, right], zero=False, nice=False),
            axis=alt.Axis(values=ticks(left, right, about=3), gridOpacity=0.5),
        ),
        alt.Y(
            "length:Q",
            title=SHORT_TITLES["length"],
            scale=alt.Scale(domain=[low, high + _HEADROOM * (high - low)], zero=False, nice=False),
            axis=alt.Axis(values=ticks(low, high, about=3), gridOpacity=0.5),
        ),
    )
