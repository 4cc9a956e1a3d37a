"""Samples as lines over many axes, with densities, means and intervals (paper 6.3).

One view in one coordinate system: x is the axis's position from left to right, y the value
as a height between foot (0) and top (1) of its axis. A drag over one view thus works on any
axis, and the chart fits any width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.parallel_axes import axis_lines, end_numbers, own_band, position_axis
from core.display.global_geometry_axes import Axis

# Marks whose names start like this cover the lines: the page lets the pointer through them.
UNDER_POINTER = "unhovered_"
# Where a value stands that is known only to lie beyond those stored.
BEYOND = 1.07
AXIS_WIDTH = 46
_DEGREE_STEP = 20


@dataclass(frozen=True)
class Strip:
    """What one view of axes shows.

    Attributes:
        axes: left to right.
        lines: sample_id, class, predicted, confidence, combination, group, kept, image,
            and a height `p0`, `p1`, … on each axis, NULL where it has none.
        densities: role, title, position, edge (of the curve, as a position), height, value.
        moments: role, title, position, height, foot and top (one standard deviation to either
            side), and for the tooltip mean, deviation, defined.
        intervals: position, right, height, top.
        colours: a colour for each group of lines and each role.
        legend: the groups that the legend names.
    """

    axes: Sequence[Axis]
    lines: pl.DataFrame
    densities: pl.DataFrame
    moments: pl.DataFrame
    intervals: pl.DataFrame
    colours: Mapping[str, str]
    legend: Sequence[str]

    @property
    def places(self) -> list[str]:
        """The columns of `lines` that hold heights."""
        return [f"p{i}" for i in range(len(self.axes))]


def parallel_coordinates(
    strip: Strip,
    *,
    height: int = 400,
    strength: float = 1.0,
    bent: bool = True,
    spread: bool = True,
    brush: bool = True,
    labelled: bool = True,
) -> alt.LayerChart:
    """Lines of samples over the axes; the own class's axis stands on a pale band.

    Args:
        strip: what to draw.
        height: in pixels.
        strength: of the lines; at 1 they are the paler, the more there are.
        bent: curves instead of straight lines between axes.
        spread: draw the mean on each axis, one standard deviation to either side of it,
            and the path of the means.
        brush: take drags as the interval selection BRUSH over `position` and `height`.
        labelled: name the axes.
    """
    colour = _colour(strip)
    x = position_axis(strip.axes, labelled=labelled)
    y = _y(strip)
    layers = [
        own_band(strip.axes, x, y),
        axis_lines(strip.axes, x, y, brush=brush),
        *_sample_lines(strip, x, y, strength=strength, bent=bent),
        _densities(strip.densities, x, y, colour),
        *(_spread(strip.moments, x, y, colour, _heights(strip)) if spread else []),
        _intervals(strip.intervals, x, y),
        end_numbers(strip.axes, x, y),
    ]
    chart = alt.LayerChart(layer=layers).properties(
        height=height, usermeta={"embedOptions": {"renderer": "svg"}}
    )
    return theme.styled(chart)


def _heights(strip: Strip) -> alt.Scale:
    beyond = (strip.lines.select(strip.places) == BEYOND).to_numpy().any()
    top = BEYOND + 0.03 if beyond else 1.03
    return alt.Scale(domain=[-0.03, top], nice=False, zero=False)


def _y(strip: Strip) -> alt.Y:
    axes, scale = strip.axes, _heights(strip)
    angle = next((axis for axis in axes if axis.class_id is not None), None)
    if angle is None:
        return alt.Y("height:Q", title=None, scale=scale, axis=alt.Axis(labels=False, grid=False))
    first = -(-int(angle.low) // _DEGREE_STEP) * _DEGREE_STEP
    degrees = range(first, int(angle.high) + 1, _DEGREE_STEP)
    return alt.Y(
        "height:Q",
        title="angle",
        scale=scale,
        axis=alt.Axis(
            values=[angle.height(degree) for degree in degrees],
            labelExpr=f"format({angle.low} + datum.value * {angle.high - angle.low}, '.0f') + '°'",
            gridOpacity=0.5,
            ticks=False,
            minExtent=AXIS_WIDTH,
            maxExtent=AXIS_WIDTH,
        ),
    )


def _colour_scale(strip: Strip) -> alt.Scale:
    return alt.Scale(domain=list(strip.colours), range=list(strip.colours.values()))


def _colour(strip: Strip) -> alt.Color:
    return alt.Color(
        "group:N",
        scale=_colour_scale(strip),
        legend=_legend(strip),
    )


def _legend(strip: Strip) -> alt.Legend | None:
    if not strip.legend:
        return None
    return alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        values=list(strip.legend),
        columns=6,
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolOpacity=1,
        symbolFillColor="transparent",
    )


# An area of no height instead of a line: Vega shows a line's tooltip near its corners only,
# an area's all along.
def _sample_lines(
    strip: Strip, x: alt.X, y: alt.Y, *, strength: float, bent: bool
) -> list[alt.Chart]:
    drawn = max(1, int(strip.lines["kept"].sum()))
    opacity = min(1.0, strength * min(0.5, 3 / sqrt(drawn)))
    hover = alt.selection_point(
        name="hover", on="pointerover", clear="pointerout", fields=["sample_id"], empty=False
    )
    tooltip = [
        alt.Tooltip("sample_id:Q", title="sample"),
        alt.Tooltip("class:N"),
        alt.Tooltip("predicted:N", title="predicted as"),
        alt.Tooltip("confidence:Q", format=".1%"),
        alt.Tooltip("combination:N", title="under"),
        alt.Tooltip("image:N"),
    ]

    def lines(kept: bool) -> alt.Chart:
        chart: alt.Chart = (
            alt.Chart(strip.lines.filter(pl.col("kept") == kept))
            .transform_fold([*strip.places], as_=["axis", "height"])
            .transform_calculate(position="toNumber(substring(datum.axis, 1))")
            .mark_area(
                orient="vertical",
                interpolate="monotone" if bent else "linear",
                filled=False,
                strokeWidth=1,
                stroke=theme.REFERENCE,
                fillOpacity=0,
                strokeOpacity=theme.UNSELECTED_OPACITY,
                strokeJoin="round",
            )
            .encode(x=x, y=y, y2="height:Q", detail=["sample_id:N", "combination:N"])
        )
        return chart

    return [
        lines(kept=False),
        lines(kept=True)
        .encode(
            stroke=alt.Stroke("group:N", scale=_colour_scale(strip), legend=_legend(strip)),
            strokeOpacity=alt.condition(hover, alt.value(1.0), alt.value(opacity)),
            strokeWidth=alt.condition(hover, alt.value(3.5), alt.value(1.3)),
            tooltip=tooltip,
        )
        .add_params(hover),
    ]


def _densities(densities: pl.DataFrame, x: alt.X, y: alt.Y, colour: alt.Color) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(densities.rename({"role": "group"}), name=f"{UNDER_POINTER}densities")
        .mark_area(orient="horizontal", fillOpacity=0.45, line={"strokeWidth": 1.4})
        .encode(
            x=x,
            x2="edge:Q",
            y=y,
            color=colour,
            detail=["axis:N", "group:N"],
        )
    )
    return chart


def _spread(
    moments: pl.DataFrame, x: alt.X, y: alt.Y, colour: alt.Color, scale: alt.Scale
) -> list[alt.Chart | alt.LayerChart]:
    rows = moments.rename({"role": "group"})
    base = alt.Chart(rows).encode(
        x=x,
        color=colour,
        tooltip=[
            alt.Tooltip("group:N", title="under"),
            alt.Tooltip("title:N", title="axis"),
            alt.Tooltip("mean:Q", format=".2f"),
            alt.Tooltip("deviation:Q", title="standard deviation", format=".2f"),
            alt.Tooltip("defined:Q", title="samples with a value", format=","),
        ],
    )
    return [
        base.mark_line(strokeWidth=2.2, interpolate="linear")
        .encode(y=y, detail="group:N")
        .properties(name=f"{UNDER_POINTER}means"),
        base.mark_rule(strokeWidth=3.5, strokeCap="round")
        .encode(y=alt.Y("foot:Q", scale=scale), y2="top:Q")
        .properties(name=f"{UNDER_POINTER}spread"),
        base.mark_point(filled=True, size=46, opacity=1, stroke="white", strokeWidth=1).encode(y=y),
    ]


def _intervals(intervals: pl.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(intervals, name=f"{UNDER_POINTER}intervals")
        .mark_rect(
            color=theme.METHOD_COLOURS["magnitude"],
            stroke=theme.METHOD_COLOURS["magnitude"],
            opacity=0.3,
            strokeOpacity=1,
            strokeWidth=1.5,
        )
        .encode(x=x, x2="right:Q", y=y, y2="top:Q")
    )
    return chart
