"""Where samples lie in the last layer: angle against length, with densities (paper 6.2)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.margin_curves import (
    Ranges,
    captions,
    curves_above,
    curves_beside,
    margin_zero,
    scale,
    ticks,
)

AXIS_TITLES = {
    "angle": "angle to the class's direction (degrees)",
    "length": "length of the feature vector",
    "margin": "margin: distance to the decision boundary",
}
SHORT_TITLES = {"angle": "angle (degrees)", "length": "length", "margin": "margin"}
CORRECTNESS = alt.Scale(domain=["correct", "incorrect"], range=[theme.CORRECT, theme.INCORRECT])
_SHAPES = alt.Scale(domain=["correct", "incorrect"], range=["circle", "diamond"])


def geometry_plot(
    points: pl.DataFrame,
    densities: pl.DataFrame,
    ranges: Ranges,
    *,
    title: str | alt.TitleParams | None = None,
    small: bool = False,
) -> alt.LayerChart:
    """Angle against length of samples, correct grey and incorrect red.

    The density of angle stands above, of length to the right, of margin in the corner at
    the top right (the line in it is the decision boundary); each curve has area 1 within
    its colour.

    Args:
        points: sample_id, class, predicted, outcome (`correct` or `incorrect`),
            confidence, angle, length, margin, image (a data URI or NULL, shown on hover);
            drawn with the incorrect ones on top.
        densities: metric, outcome, value, density, samples.
        ranges: low and high of each metric, shared by all charts that are to compare.
        title: above the plot.
        small: one of many plots: short titles, no legend.
    """
    legend = (
        None
        if small
        else alt.Legend(
            title=None, orient="bottom", direction="horizontal", symbolOpacity=1, offset=4
        )
    )
    colour = alt.Color("outcome:N", scale=CORRECTNESS, legend=legend)
    scatter = (
        alt.Chart(points.sort("outcome", "sample_id"))
        .mark_point(filled=True, size=16 if small else 36, stroke=None)
        .encode(
            x=_axis("angle", ranges, small=small),
            y=_axis("length", ranges, small=small),
            color=colour,
            shape=alt.Shape("outcome:N", scale=_SHAPES, legend=legend),
            opacity=alt.when("datum.outcome === 'correct'")
            .then(alt.value(0.55))
            .otherwise(alt.value(0.9)),
            tooltip=[
                alt.Tooltip("image:N"),
                alt.Tooltip("sample_id:Q", title="sample"),
                alt.Tooltip("class:N", title="class"),
                alt.Tooltip("predicted:N", title="predicted as"),
                alt.Tooltip("confidence:Q", title="confidence", format=".1%"),
                alt.Tooltip("angle:Q", title="angle (degrees)", format=".1f"),
                alt.Tooltip("length:Q", title="length", format=".2f"),
                alt.Tooltip("margin:Q", title="margin", format=".2f"),
            ],
        )
    )
    layers = [scatter, *_curves(densities, ranges, colour)]
    chart = alt.LayerChart(layer=layers).properties(height=250 if small else 500)
    if small:
        chart = chart.properties(width=198)
    if title is not None:
        chart = chart.properties(title=title)
    return theme.styled(chart)


def _axis(metric: str, ranges: Ranges, *, small: bool) -> alt.X | alt.Y:
    channel = alt.X if metric == "angle" else alt.Y
    axis = alt.Axis(
        values=ticks(*ranges[metric], about=3 if small else 6),
        titleAnchor="start",
        gridOpacity=0.5,
    )
    titles = SHORT_TITLES if small else AXIS_TITLES
    return channel(f"{metric}:Q", title=titles[metric], scale=scale(ranges, metric), axis=axis)


def _curves(densities: pl.DataFrame, ranges: Ranges, colour: alt.Color) -> list[alt.Chart]:
    tooltip = [
        alt.Tooltip("outcome:N", title="samples that are"),
        alt.Tooltip("metric:N", title="density of"),
        alt.Tooltip("value:Q", title="at", format=".2f"),
        alt.Tooltip("samples:Q", title="samples"),
    ]
    above = alt.Chart(curves_above(densities, ranges, group="outcome")).encode(
        x="x:Q", color=colour, detail="metric:N", tooltip=tooltip
    )
    beside = alt.Chart(curves_beside(densities, ranges, group="outcome")).encode(
        y="y:Q", color=colour, tooltip=tooltip
    )
    words = (
        alt.Chart(captions(ranges))
        .mark_text(align="left", baseline="bottom", fontSize=10, color=theme.REFERENCE, dx=2)
        .encode(x="x:Q", y="y:Q", text="text:N")
    )
    layers = [
        above.mark_area(fillOpacity=0.25).encode(y=alt.Y("base:Q", stack=None), y2="y:Q"),
        above.mark_line(strokeWidth=1.4).encode(y="y:Q", order=alt.Order("x:Q")),
        beside.mark_area(orient="horizontal", fillOpacity=0.25).encode(
            x=alt.X("base:Q", stack=None), x2="x:Q"
        ),
        beside.mark_line(strokeWidth=1.4).encode(x="x:Q", order=alt.Order("y:Q")),
        words,
    ]
    boundary = margin_zero(ranges)
    if boundary is not None:
        layers.append(
            alt.Chart(boundary)
            .mark_rule(strokeDash=[3, 3], color=theme.REFERENCE)
            .encode(x="x:Q", y="y:Q", y2="y2:Q")
        )
    return layers
