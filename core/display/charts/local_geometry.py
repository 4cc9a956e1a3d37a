"""Where samples lie in the last layer: angle against length, with densities (paper 6.2)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme

AXIS_TITLES = {
    "angle": "angle to the class's direction (degrees)",
    "length": "length of the feature vector",
    "margin": "margin: distance to the decision boundary",
}
CHART_WIDTH = 672
_AXIS_WIDTH = 44
_CORRECTNESS = alt.Scale(domain=["correct", "incorrect"], range=[theme.CORRECT, theme.INCORRECT])
_SHAPES = alt.Scale(domain=["correct", "incorrect"], range=["circle", "diamond"])


def geometry_scatter(
    points: pl.DataFrame,
    densities: pl.DataFrame,
    ranges: dict[str, tuple[float, float]],
    *,
    width: int = 430,
    height: int = 360,
    side: int = 132,
) -> alt.VConcatChart:
    """Angle against length of samples, correct grey and incorrect red.

    The density of angle stands above, of length to the right, of margin in the corner at
    the top right; each curve has area 1 within its colour.

    Args:
        points: sample_id, class, predicted, outcome (`correct` or `incorrect`),
            confidence, angle, length, margin; drawn with the incorrect ones on top.
        densities: metric, outcome, value, density, samples.
        ranges: low and high of each metric, shared by all charts that are to compare.
        width: of the scatter in pixels.
        height: of the scatter in pixels.
        side: width of the right panels in pixels.
    """
    top = _density(densities, "angle", ranges, title=None).properties(width=width, height=84)
    corner = _density(densities, "margin", ranges, title="margin").properties(width=side, height=84)
    right = _density(densities, "length", ranges, title=None, upright=True).properties(
        width=side, height=height
    )
    scatter = (
        alt.Chart(points.sort("outcome", "sample_id"))
        .mark_point(filled=True, size=34, stroke=None)
        .encode(
            x=alt.X("angle:Q", title=AXIS_TITLES["angle"], scale=_scale(ranges, "angle")),
            y=alt.Y(
                "length:Q",
                title=AXIS_TITLES["length"],
                scale=_scale(ranges, "length"),
                axis=alt.Axis(minExtent=_AXIS_WIDTH, maxExtent=_AXIS_WIDTH),
            ),
            color=_colour(),
            shape=alt.Shape("outcome:N", scale=_SHAPES, legend=None),
            opacity=alt.Opacity(
                "outcome:N",
                scale=alt.Scale(domain=["correct", "incorrect"], range=[0.55, 0.9]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("sample_id:Q", title="sample"),
                alt.Tooltip("class:N", title="class"),
                alt.Tooltip("predicted:N", title="predicted as"),
                alt.Tooltip("confidence:Q", title="confidence", format=".1%"),
                alt.Tooltip("angle:Q", title="angle (degrees)", format=".1f"),
                alt.Tooltip("length:Q", title="length", format=".2f"),
                alt.Tooltip("margin:Q", title="margin", format=".2f"),
            ],
        )
        .properties(width=width, height=height)
    )
    chart = alt.vconcat(
        alt.hconcat(top, corner, spacing=14), alt.hconcat(scatter, right, spacing=14)
    )
    return theme.styled(chart)


def _density(
    densities: pl.DataFrame,
    metric: str,
    ranges: dict[str, tuple[float, float]],
    *,
    title: str | None,
    upright: bool = False,
) -> alt.LayerChart:
    rows = densities.filter(pl.col("metric") == metric)
    value_axis = alt.Axis(labels=title is not None, ticks=False, grid=False)
    bare_axis = alt.Axis(labels=False, grid=False)
    if title is None:
        bare_axis = alt.Axis(labels=False, grid=False, minExtent=_AXIS_WIDTH, maxExtent=_AXIS_WIDTH)
    height_scale = alt.Scale(zero=True, nice=False)
    base = alt.Chart(rows).encode(
        color=_colour(),
        tooltip=[
            alt.Tooltip("outcome:N", title="outcome"),
            alt.Tooltip("value:Q", title=metric, format=".2f"),
            alt.Tooltip("density:Q", title="density", format=".3f"),
            alt.Tooltip("samples:Q", title="samples"),
        ],
    )
    if upright:
        base = base.encode(
            x=alt.X("density:Q", title=None, stack=None, axis=None, scale=height_scale),
            y=alt.Y("value:Q", title=title, scale=_scale(ranges, metric), axis=value_axis),
        )
    else:
        base = base.encode(
            x=alt.X("value:Q", title=title, scale=_scale(ranges, metric), axis=value_axis),
            y=alt.Y("density:Q", title=None, stack=None, axis=bare_axis, scale=height_scale),
        )
    return alt.LayerChart(
        layer=[
            base.mark_area(orient="horizontal" if upright else "vertical", fillOpacity=0.25),
            base.mark_line(strokeWidth=1.5).encode(order=alt.Order("value:Q")),
        ]
    )


def _scale(ranges: dict[str, tuple[float, float]], metric: str) -> alt.Scale:
    return alt.Scale(domain=list(ranges[metric]), zero=False, nice=False)


def _colour() -> alt.Color:
    return alt.Color(
        "outcome:N",
        scale=_CORRECTNESS,
        legend=alt.Legend(
            title=None,
            orient="bottom",
            direction="horizontal",
            symbolOpacity=1,
            symbolType="circle",
        ),
    )
