"""The plane of parallel coordinates: one coordinate system for all axes, whose names are rows.

x is an axis's position from left to right, y the value as a height between foot (0) and top
(1) of its axis. A drag over the plane thus works on any axis, the chart fits any width, and
other axes in it are other rows of the same chart.
"""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.global_geometry.parallel.svg_lines import Paper

BRUSH = "brush"
AXES = "axes"
AXIS_WIDTH = 46
# For names at a slant.
NAMES_HEIGHT = 46
_NAME_TILT = -32
_DEGREE_STEP = 20


def position_channel(paper: Paper, field: str = "position:Q") -> alt.X:
    """The x channel of charts that stand under each other."""
    return alt.X(
        field, scale=alt.Scale(domain=list(paper.positions), nice=False, zero=False), axis=None
    )


def height_channel(
    paper: Paper, degrees: tuple[float, float], field: str = "height:Q", *, title: str = "angle"
) -> alt.Y:
    """The y channel: degrees at the left, which all angle axes share."""
    low, high = degrees
    first = -(-int(low) // _DEGREE_STEP) * _DEGREE_STEP
    marked = range(first, int(high) + 1, _DEGREE_STEP)
    return alt.Y(
        field,
        title=title,
        scale=alt.Scale(domain=list(paper.heights), nice=False, zero=False),
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
        .mark_rect(color=theme.METHOD_COLOURS["magnitude"], opacity=0.09)
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
        # What a drag leaves is an interval on the axis: it is drawn as such.
        interval = alt.selection_interval(
            name=BRUSH,
            encodings=["x", "y"],
            translate=False,
            zoom=False,
            mark=alt.BrushConfig(fillOpacity=0.06, strokeOpacity=0.5, strokeDash=[3, 3]),
        )
        chart = chart.add_params(interval)
    return chart


def axis_names(paper: Paper, x: alt.X, ink: str) -> list[alt.Chart]:
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
            limit=104,
            color=ink,
            dx=4,
            dy=6,
        )
        .encode(x=x, y=alt.value(alt.ExprRef(f"height - {paper.names}")), text="name:N")
        for which, weight in (("!datum.own", "normal"), ("datum.own", "bold"))
    ]


def end_numbers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Smallest and largest value on the axes that have no scale at the left."""
    return [
        _axes()
        .transform_filter(f"datum.{side} != ''")
        .transform_calculate(height=height)
        .mark_text(align="left", fontSize=10, dx=4, color=theme.REFERENCE)
        .encode(x=x, y=y, text=f"{side}:N")
        for side, height in (("foot", "0"), ("top", "1"))
    ]


def _axes() -> alt.Chart:
    return alt.Chart(alt.NamedData(AXES))
