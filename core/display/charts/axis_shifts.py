"""How far each axis's mean moves between two combinations, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.parallel_axes import position_axis
from core.display.charts.parallel_coordinates import AXIS_WIDTH
from core.display.global_geometry_axes import Axis


def axis_shifts(
    shifts: pl.DataFrame, axes: Sequence[Axis], *, limit: float, height: int = 112
) -> alt.LayerChart:
    """Compared minus reference, a dot with its interval under each axis.

    All angles share one scale; length and margin have one each.

    Args:
        shifts: position, title, pairs, shift, low, high (in the axis's unit), text, clear
            (the interval lies on one side of 0), and `middle`, `foot`, `top`, `label`: heights
            on the chart, in degrees.
        axes: left to right.
        limit: degrees at the ends of the scale.
        height: in pixels.
    """
    scale = alt.Scale(domain=[-1.7 * limit, 1.7 * limit], nice=False)
    x = position_axis(axes, labelled=False)
    y_axis = alt.Axis(
        values=[-limit, 0, limit],
        labelExpr="(datum.value ? format(datum.value, '+.2~r') : '0') + '°'",
        grid=False,
        ticks=False,
        minExtent=AXIS_WIDTH,
        maxExtent=AXIS_WIDTH,
    )
    colour = alt.condition("datum.clear", alt.value(theme.COMPARED), alt.value(theme.REFERENCE))
    base = alt.Chart(shifts).encode(
        x=x,
        color=colour,
        tooltip=[
            alt.Tooltip("title:N", title="axis"),
            alt.Tooltip("shift:Q", title="mean shift", format="+.2f"),
            alt.Tooltip("low:Q", title="from", format="+.2f"),
            alt.Tooltip("high:Q", title="to", format="+.2f"),
            alt.Tooltip("pairs:Q", title="samples", format=","),
        ],
    )
    zero = (
        alt.Chart(pl.DataFrame({"zero": [0.0]}))
        .mark_rule(color=theme.REFERENCE, opacity=0.6)
        .encode(y=alt.Y("zero:Q", scale=scale, title="shift", axis=y_axis))
    )
    return theme.styled(
        alt.LayerChart(
            layer=[
                zero,
                base.mark_rule(strokeWidth=2.5).encode(
                    y=alt.Y("foot:Q", scale=scale, title="shift", axis=y_axis), y2="top:Q"
                ),
                base.mark_point(filled=True, size=52, opacity=1).encode(
                    y=alt.Y("middle:Q", scale=scale)
                ),
                base.mark_text(fontSize=11, fontWeight=600).encode(
                    y=alt.Y("label:Q", scale=scale), text="text:N"
                ),
            ]
        ).properties(height=height)
    )
