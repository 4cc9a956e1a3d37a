"""Rows of small plots, one method a row, from dense to sparse (paper, figure 7)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.local_geometry import CORRECTNESS, SHORT_TITLES
from core.display.charts.margin_curves import Ranges, ticks

ROW_WIDTH = 1000
SPACING = 8
PLOT_HEIGHT = 112


def sweep_rows(
    points: pl.DataFrame,
    steps: pl.DataFrame,
    ranges: Ranges,
    *,
    series: list[str],
    panels: list[str],
    colours: dict[str, str],
) -> alt.FacetChart:
    """A plot per series and ratio: samples, and the path of their mean up to this ratio.

    Args:
        points: series, panel, outcome, angle, length.
        steps: series, panel, step, angle, length (means), accuracy (in words).
        ranges: low and high of angle and length.
        series: the rows in order.
        panels: the columns in order.
        colours: colour of each series.
    """
    frame = pl.concat(
        [
            points.with_columns(kind=pl.lit("sample")),
            _paths(steps),
            steps.select("series", "panel", "angle", "length", "accuracy", kind=pl.lit("mean")),
        ],
        how="diagonal_relaxed",
    )
    width = max(90, min(180, ROW_WIDTH // max(1, len(panels)) - SPACING))
    base = alt.Chart()
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=series, range=[colours[name] for name in series]),
        legend=None,
    )
    place = {metric: _axis(metric, ranges) for metric in ("angle", "length")}
    samples = (
        base.transform_filter("datum.kind === 'sample'")
        .mark_circle(size=12, opacity=0.6)
        .encode(
            x=place["angle"],
            y=place["length"],
            fill=alt.Fill("outcome:N", scale=CORRECTNESS, legend=None),
            tooltip=[
                alt.Tooltip("sample_id:Q", title="sample"),
                alt.Tooltip("outcome:N", title="answer"),
                alt.Tooltip("angle:Q", title="angle (degrees)", format=".1f"),
                alt.Tooltip("length:Q", title="length", format=".2f"),
            ],
        )
    )
    path = (
        base.transform_filter("datum.kind === 'path'")
        .mark_line(strokeWidth=2)
        .encode(x=place["angle"], y=place["length"], color=colour, order=alt.Order("step:Q"))
    )
    mean = (
        base.transform_filter("datum.kind === 'mean'")
        .mark_point(filled=True, size=70, opacity=1, stroke="white", strokeWidth=1)
        .encode(
            x=place["angle"],
            y=place["length"],
            color=colour,
            tooltip=[
                alt.Tooltip("accuracy:N", title="accuracy (95 % interval)"),
                alt.Tooltip("angle:Q", title="mean angle (degrees)", format=".2f"),
                alt.Tooltip("length:Q", title="mean length", format=".2f"),
            ],
        )
    )
    words = (
        base.transform_filter("datum.kind === 'mean'")
        .mark_text(align="right", baseline="top", fontSize=10, color=theme.REFERENCE)
        .encode(x=alt.value(width - 2), y=alt.value(2), text="accuracy:N")
    )
    chart = (
        alt.layer(samples, path, mean, words)
        .properties(width=width, height=PLOT_HEIGHT)
        .facet(
            data=frame,
            row=alt.Row("series:N", sort=series, title=None, header=_header(12)),
            column=alt.Column("panel:N", sort=panels, title=None, header=_header(12)),
            spacing=SPACING,
        )
    )
    return theme.styled(chart)


def _paths(steps: pl.DataFrame) -> pl.DataFrame:
    """For each plot, the means from the dense model to the plot's own ratio."""
    ends = steps.select("series", "panel", end="step")
    return (
        ends.join(steps.select("series", "step", "angle", "length"), on="series")
        .filter(pl.col("step") <= pl.col("end"))
        .select("series", "panel", "step", "angle", "length", kind=pl.lit("path"))
    )


def _header(size: int) -> alt.Header:
    return alt.Header(labelFontSize=size, labelColor=theme.REFERENCE, labelPadding=4)


def _axis(metric: str, ranges: Ranges) -> alt.X | alt.Y:
    channel = alt.X if metric == "angle" else alt.Y
    return channel(
        f"{metric}:Q",
        title=SHORT_TITLES[metric],
        scale=alt.Scale(domain=list(ranges[metric]), zero=False, nice=False),
        axis=alt.Axis(values=ticks(*ranges[metric], about=3), gridOpacity=0.5),
    )
