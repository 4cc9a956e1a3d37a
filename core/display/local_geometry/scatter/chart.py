"""Samples by angle and length under one combination, and what a model does there (paper, 6.2)."""

from __future__ import annotations

from typing import Any

import altair as alt

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.moving_axes import Sides
from core.display.charts.sample_click import sample_click

SMALL_SIZE = (144, 196)
_CORRECTNESS = alt.Scale(domain=["correct", "incorrect"], range=[theme.CORRECT, theme.INCORRECT])


def geometry_plot(*, small: bool = False, brushed: Sides | None = None) -> alt.LayerChart:
    """Angle against length of samples, correct grey and incorrect red, the rest light grey.

    The density of angle stands above, of length to the right, of margin in the corner at
    the top right (the line in it is the decision boundary); each curve has area 1 within
    its colour, a dashed one is of all samples where not all are selected.

    Rows of `points`: as `frames.marks` returns, with image (an address, shown on hover) and
    picture (what the image is). Rows of `curves`: metric, outcome, x, y, as `edge_curves` returns;
    rows of `outlines`, of all samples where not all are selected, also order. Rows of `axes`:
    captions with the axes' ends.

    Args:
        small: one of many plots: short titles, small marks, a size of its own.
        brushed: makes drags over the samples select; what to show as brushed at first.
    """
    points = alt.Chart(alt.NamedData("points")).encode(
        **moving_axes.position(short=small, titleAnchor="start")
    )
    scale = 0.45 if small else 1.0
    rest = points.transform_filter("datum.outcome === 'rest'").mark_point(
        filled=True, size=16 * scale, color=theme.REST, opacity=0.15
    )
    if brushed is not None:
        rest = rest.add_params(moving_axes.interval_brush(brushed))
    with_words = points.encode(tooltip=["image:N", "picture:N", "sample:N", "position:N"])
    # Layers with fixed looks: to work out a colour and a shape for each mark takes longer.
    correct = with_words.transform_filter("datum.outcome === 'correct'").mark_point(
        filled=True, size=36 * scale, color=theme.CORRECT, opacity=0.55
    )
    incorrect = with_words.transform_filter("datum.outcome === 'incorrect'").mark_point(
        filled=True, shape="diamond", size=64 * scale, color=theme.INCORRECT, opacity=0.9
    )
    if brushed is not None:
        correct = correct.encode(opacity=moving_axes.lit(0.55, 0.06))
        incorrect = incorrect.encode(opacity=moving_axes.lit(0.9, 0.15))
    width, height = SMALL_SIZE if small else (alt.Undefined, 500)
    correct = correct.add_params(sample_click())
    layers = [rest, correct, incorrect, *_edges()]
    chart = alt.LayerChart(layer=layers, width=width, height=height)
    return theme.for_many_marks(chart.add_params(moving_axes.read_ends()))


def _edges() -> list[alt.Chart]:
    colours: dict[str, Any] = {
        "fill": alt.Fill("outcome:N", scale=_CORRECTNESS, legend=None),
        "stroke": alt.Stroke("outcome:N", scale=_CORRECTNESS, legend=None),
    }
    area: dict[str, Any] = {"fillOpacity": 0.25, "strokeWidth": 1.3, "strokeOpacity": 1}
    curves = alt.Chart(alt.NamedData("curves")).encode(**colours)
    above = (
        curves.transform_filter("datum.metric !== 'length'")
        .mark_area(**area)
        .encode(
            x="x:Q",
            y=alt.Y("y:Q", stack=None),
            y2=alt.Y2Datum(moving_axes.end("length", "foot")),
            detail="metric:N",
        )
    )
    beside = (
        curves.transform_filter("datum.metric === 'length'")
        .mark_area(orient="horizontal", **area)
        .encode(
            y="y:Q", x=alt.X("x:Q", stack=None), x2=alt.X2Datum(moving_axes.end("angle", "foot"))
        )
    )
    outlines = alt.Chart(alt.NamedData("outlines"))
    everything = outlines.mark_line(strokeWidth=1.2, strokeDash=[4, 3], opacity=0.7).encode(
        x="x:Q", y="y:Q", stroke=colours["stroke"], detail="metric:N", order="order:Q"
    )
    around = alt.Chart(alt.NamedData("axes")).encode(x="x:Q", y="y:Q")
    words = (
        around.transform_filter("isValid(datum.text)")
        .mark_text(align="left", baseline="bottom", fontSize=10, color=theme.REFERENCE, dx=2)
        .encode(text="text:N")
    )
    boundary = (
        around.transform_filter("isValid(datum.y2)")
        .mark_rule(strokeDash=[3, 3], color=theme.REFERENCE)
        .encode(y2="y2:Q")
    )
    return [above, beside, everything, words, boundary]
