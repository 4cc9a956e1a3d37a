"""The plane of parallel coordinates: one coordinate system for all axes, whose names are rows.

x is an axis's position from left to right, y the value as a height between foot (0) and top
(1) of its axis. A drag over the plane thus works on any axis, the chart fits any width, and
other axes in it are other rows of the same chart.
"""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.global_geometry.plot_area import DEGREES, PlotArea

BRUSH = "brush"
AXES = "axes"
AXIS_WIDTH = 46
_NAME_TILT = -28
_DEGREE_STEP = 20


def position_channel(plot_area: PlotArea, field: str = "position:Q") -> alt.X:
    """The x channel of charts that stand under each other."""
    return alt.X(
        field, scale=alt.Scale(domain=list(plot_area.positions), nice=False, zero=False), axis=None
    )


def height_channel(plot_area: PlotArea, field: str = "height:Q") -> alt.Y:
    """The y channel: degrees at the left, which all angle axes share."""
    low, high = DEGREES
    first = -(-int(low) // _DEGREE_STEP) * _DEGREE_STEP
    marked = range(first, int(high) + 1, _DEGREE_STEP)
    return alt.Y(
        field,
        title="angle",
        scale=alt.Scale(domain=list(plot_area.heights), nice=False, zero=False),
        axis=alt.Axis(
            values=[(degree - low) / (high - low) for degree in marked],
            labelExpr=f"format({low} + datum.value * {high - low}, '.0f') + '°'",
            gridOpacity=0.5,
            ticks=False,
            minExtent=AXIS_WIDTH,
            maxExtent=AXIS_WIDTH,
        ),
    )


def own_band(x: alt.X, y: alt.Y) -> alt.Chart:
    """The pale band behind the own class's axis."""
    chart: alt.Chart = (
        _axes()
        .transform_filter("datum.own")
        .transform_calculate(position="datum.position - 0.42", right="datum.position + 0.88",
                             height="0", top="1")
        .mark_rect(color=theme.ACCENT, opacity=0.09)
        .encode(x=x, x2="right:Q", y=y, y2="top:Q")
    )  # fmt: skip
    return chart


def axis_lines(x: alt.X, y: alt.Y, *, brush: bool) -> alt.Chart:
    """Upright lines, which carry the brush if there is one."""
    chart: alt.Chart = (
        _axes()
        .transform_calculate(height="0", top="1")
        .mark_rule(color=theme.REFERENCE, strokeWidth=1, opacity=0.8)
        .encode(x=x, y=y, y2="top:Q")
    )
    if brush:
        # What a drag leaves is a range on the axis: it is drawn as such.
        brushed = alt.selection_interval(
            name=BRUSH,
            encodings=["x", "y"],
            translate=False,
            zoom=False,
            mark=alt.BrushConfig(fillOpacity=0.06, strokeOpacity=0.5, strokeDash=[3, 3]),
        )
        chart = chart.add_params(brushed)
    return chart


def axis_names(plot_area: PlotArea, x: alt.X, text_colour: str) -> list[alt.Chart]:
    """What each axis shows, at the bottom of the plane; the own class bold."""
    return [
        _axes()
        .transform_filter(which)
        .mark_text(
            align="right",
            baseline="top",
            angle=360 + _NAME_TILT,
            fontSize=12,
            fontWeight=weight,  # type: ignore[arg-type]
            limit=100,
            color=text_colour,
            dx=4,
            dy=6,
        )
        .encode(x=x, y=alt.value(alt.ExprRef(f"height - {plot_area.names}")), text="name:N")
        for which, weight in (("!datum.own", "normal"), ("datum.own", "bold"))
    ]


def end_numbers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Smallest and largest value on the axes that have no scale at the left."""
    foot, top = (
        _axes()
        .transform_filter(f"datum.{side} != ''")
        .transform_calculate(height=height)
        .encode(x=x, y=y, text=f"{side}:N")
        for side, height in (("foot", "0"), ("top", "1"))
    )
    # at the foot to the right of where the name ends
    return [
        foot.mark_text(
            align="left", baseline="top", fontSize=10, dx=9, dy=2, color=theme.REFERENCE
        ),
        top.mark_text(align="left", baseline="bottom", fontSize=10, dx=3, color=theme.REFERENCE),
    ]


def _axes() -> alt.Chart:
    return alt.Chart(alt.NamedData(AXES))
