"""Angle by dimension: densities, mean and spread (paper, figure 3)."""

from __future__ import annotations

from typing import Any

import altair as alt

from core.display import theme

_HEIGHT = 270
_UNTRAINED = "#d6409f"


def random_angles() -> alt.LayerChart:
    """Mean angle between random vectors by dimension; the band is the exact spread around 90.

    Rows of `spread`: dimension, low, high. Of `sampled`: dimension, mean, low, high, words.
    """
    x = alt.X(
        "dimension:Q",
        title="dimension (logarithmic)",
        scale=alt.Scale(type="log", base=2, nice=False),
        axis=alt.Axis(values=[2, 4, 8, 16, 32, 64, 128, 256, 512], format="d", grid=False),
    )
    y: dict[str, Any] = {
        "title": "angle (degrees)",
        "scale": alt.Scale(domain=[30, 150], nice=False),
    }
    band = (
        alt.Chart(alt.NamedData("spread"))
        .mark_area(color=theme.REFERENCE, opacity=0.25)
        .encode(x=x, y=alt.Y("low:Q", **y), y2="high:Q")
    )
    base = alt.Chart(alt.NamedData("sampled")).encode(x=x)
    spans = base.mark_rule(color=theme.ACCENT, strokeWidth=2).encode(
        y=alt.Y("low:Q", **y), y2="high:Q"
    )
    dots = base.mark_point(filled=True, size=50, color=theme.ACCENT, opacity=1).encode(
        y=alt.Y("mean:Q", **y),
        tooltip=[
            alt.Tooltip("dimension:Q", format="d"),
            alt.Tooltip("words:N", title="mean ± deviation"),
        ],
    )
    return theme.styled(alt.LayerChart(layer=[band, spans, dots], height=_HEIGHT))


def angle_densities() -> alt.Chart:
    """Density of the angle between random directions, a line for each dimension.

    Rows of `densities`: dimension (words), order, angle, density.
    """
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("densities"))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X(
                "angle:Q", title="angle (degrees)", axis=alt.Axis(values=[0, 45, 90, 135, 180])
            ),
            y=alt.Y("density:Q", title="density per degree"),
            color=alt.Color(
                "dimension:N",
                sort=alt.EncodingSortField("order", op="min"),
                scale=alt.Scale(range=["#c28500", "#d9702b", "#d6409f", "#8f3dff", "#2f6cce"]),
                legend=alt.Legend(title=None, orient="top", columns=3),
            ),
            order="angle:Q",
        )
        .properties(height=_HEIGHT)
    )
    return theme.styled(chart)


def angles_by_width() -> alt.LayerChart:
    """Angle of samples to the direction of their class, by width of the last feature layer.

    The band is the exact spread of the angle between random directions.

    Rows of `widths`: network, weights, place, width, model, samples, accuracy, mean, low, high,
    words. Of `chance`: width, low, high.
    """
    scale = alt.Scale(type="log", base=2, nice=False, padding=14)
    axis = alt.Axis(values=[2**i for i in range(1, 13)], format="d", grid=False)
    y: dict[str, Any] = {
        "title": "angle to the class's direction (degrees)",
        "scale": alt.Scale(domain=[0, 180], nice=False),
        "axis": alt.Axis(values=[0, 45, 90, 135, 180]),
    }
    title = "features (width of the last feature layer, logarithmic)"
    band = (
        alt.Chart(alt.NamedData("chance"))
        .mark_area(color=theme.REFERENCE, opacity=0.25, tooltip=None)
        .encode(
            x=alt.X("width:Q", title=title, scale=scale, axis=axis),
            y=alt.Y("low:Q", **y),
            y2="high:Q",
        )
    )
    colour = alt.Scale(domain=["trained", "untrained"], range=[theme.ACCENT, _UNTRAINED])
    base = alt.Chart(alt.NamedData("widths")).encode(
        x=alt.X("place:Q", title=title, scale=scale, axis=axis),
        color=alt.Color("weights:N", scale=colour, legend=alt.Legend(title=None, orient="top")),
    )
    spans = base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", **y), y2="high:Q")
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(
        y=alt.Y("mean:Q", **y),
        tooltip=[
            alt.Tooltip("model:N"),
            alt.Tooltip("width:Q", title="features"),
            alt.Tooltip("words:N", title="mean ± deviation"),
            alt.Tooltip("samples:Q", format=","),
            alt.Tooltip("accuracy:Q", format=".1%"),
        ],
    )
    return theme.styled(alt.LayerChart(layer=[band, spans, dots], height=_HEIGHT))
