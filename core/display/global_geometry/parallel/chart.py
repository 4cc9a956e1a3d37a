"""Samples as lines over many axes, with densities, means and brushed ranges (paper 6.3).

Lines and densities come as one picture (`svg_lines`); the chart holds the axes under it and,
above it, means, ranges and the line that the pointer meets. One coordinate system serves all
axes: x is an axis's position from left to right, y the value as a height between foot (0) and
top (1) of its axis. A drag over the plane thus works on any axis, the chart fits any width, and
other axes in it are other rows of the same chart.
"""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.charts.sample_click import sample_click
from core.display.global_geometry.plot_area import DEGREES, PlotArea

BRUSH = "brush"
AXIS_WIDTH = 46
_NAME_TILT = -28
_DEGREE_STEP = 20
_ROLES = alt.Scale(domain=["reference", "compared"], range=[theme.REFERENCE, theme.COMPARED])
_HOVER = "hover"
_TOOLTIP_ROWS = {
    "sample_id": "sample",
    "classes": "class",
    "metrics": "angle, length, margin",
    "probability": "true-class probability",
    "under": "under",
    "picture": "picture",
    "image": "image",
}


def parallel_coordinates(
    plot_area: PlotArea,
    *,
    bent: bool = True,
    spread: bool = True,
    brush: bool = True,
    text_colour: str = theme.REFERENCE,
) -> alt.LayerChart:
    """Lines of samples over the axes; the own class's axis stands on a pale band.

    Rows of `axes`: position, name, own, foot and top (numbers at the ends, or empty), zero (the
    height at which the margin is 0, or NULL). Of
    `picture`: url. Of `moments`: role, position, height, low and high (one standard deviation
    to either side), and ready words: axis, mean, samples. With a brush also, of `ranges`:
    position, right, height, top; of `cells`: as `pointer_cells` returns; of `lines`: line,
    colour, the heights p0, p1, …, sample_id, image (an address), and ready words: classes, metrics,
    probability, under, picture (what the image is).

    Args:
        plot_area: the plane; the axes are named where it has room for their names.
        bent: the hovered line is a curve, as those of the picture are.
        spread: draw the mean on each axis, one standard deviation to either side of it,
            and the path of the means.
        brush: take drags as the interval selection BRUSH over `position` and `height`, and
            tell the line under the pointer.
        text_colour: colour of the names, to be read on the page's background.
    """
    x, y = position_channel(plot_area), _height_channel(plot_area, "height:Q")
    low = _height_channel(plot_area, "low:Q")
    means = _rows("moments").encode(x=x, color=alt.Color("role:N", scale=_ROLES, legend=None))
    layers = [*_axis_lines(x, y, brush=brush), *_picture()]
    if spread:
        layers += [
            means.mark_line(strokeWidth=2.2, interpolate="linear").encode(y=y, detail="role:N"),
            # side by side, so that neither covers the other
            means.transform_calculate(
                position="datum.position + (datum.role === 'reference' ? -0.03 : 0.03)"
            )
            .mark_rule(strokeWidth=3.5, strokeCap="round")
            .encode(y=low, y2="high:Q"),
        ]
    layers += [*(_ranges(x, y) if brush else []), *_end_numbers(x, y)]
    if plot_area.names:
        layers += _axis_names(plot_area, x, text_colour)
    if brush:
        layers += _under_pointer(plot_area, x, y, bent=bent)
    if spread:
        points = means.mark_point(filled=True, size=46, opacity=1, stroke="white", strokeWidth=1)
        tooltip = [
            alt.Tooltip("role:N", title="combination"),
            alt.Tooltip("axis:N", title="axis"),
            alt.Tooltip("mean:N", title="mean ± standard deviation"),
            alt.Tooltip("samples:N", title="samples with a value"),
        ]
        layers.append(points.encode(y=y, tooltip=tooltip))
    return theme.for_many_marks(alt.LayerChart(layer=layers).properties(height=plot_area.pixels))


def position_channel(plot_area: PlotArea) -> alt.X:
    """The x channel of charts that stand under each other."""
    scale = alt.Scale(domain=list(plot_area.positions), nice=False, zero=False)
    return alt.X("position:Q", scale=scale, axis=None)


def _height_channel(plot_area: PlotArea, field: str) -> alt.Y:
    """The y channel: degrees at the left, which all angle axes share."""
    low, high = DEGREES
    first = -(-int(low) // _DEGREE_STEP) * _DEGREE_STEP
    return alt.Y(
        field,
        title="angle",
        scale=alt.Scale(domain=list(plot_area.heights), nice=False, zero=False),
        axis=alt.Axis(
            values=[(x - low) / (high - low) for x in range(first, int(high) + 1, _DEGREE_STEP)],
            labelExpr=f"format({low} + datum.value * {high - low}, '.0f') + '°'",
            gridOpacity=0.5,
            ticks=False,
            minExtent=AXIS_WIDTH,
            maxExtent=AXIS_WIDTH,
        ),
    )


def _with_field(y: alt.Y, field: str) -> alt.Y:
    """The same axis for another field."""
    found: alt.Y = y.copy()
    found.shorthand = field
    return found


def _rows(table: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(table))


def _axis_lines(x: alt.X, y: alt.Y, *, brush: bool) -> list[alt.Chart]:
    """A pale band behind the own class's axis; upright lines, which carry the brush."""
    band = (
        _rows("axes")
        .transform_filter("datum.own")
        .transform_calculate(position="datum.position - 0.42", right="datum.position + 0.88",
                             height="0", top="1")
        .mark_rect(color=theme.ACCENT, opacity=0.09)
        .encode(x=x, x2="right:Q", y=y, y2="top:Q")
    )  # fmt: skip
    lines = (
        _rows("axes")
        .transform_calculate(height="0", top="1")
        .mark_rule(color=theme.REFERENCE, strokeWidth=1, opacity=0.8)
        .encode(x=x, y=y, y2="top:Q")
    )
    if brush:
        # What a drag leaves is a range on the axis: it is drawn as such.
        mark = alt.BrushConfig(fillOpacity=0.06, strokeOpacity=0.5, strokeDash=[3, 3])
        drag = alt.selection_interval(
            name=BRUSH, encodings=["x", "y"], translate=False, zoom=False, mark=mark
        )
        lines = lines.add_params(drag)
    at_zero = (
        _rows("axes")
        .transform_filter("isValid(datum.zero)")
        .transform_calculate(position="datum.position - 0.2", right="datum.position + 0.2")
    )
    zero = at_zero.mark_rule(color=theme.REFERENCE, strokeWidth=1.5, strokeDash=[3, 2]).encode(
        x=x, x2="right:Q", y=_with_field(y, "zero:Q")
    )
    word = at_zero.mark_text(
        align="right", baseline="middle", fontSize=10, dx=-3, color=theme.REFERENCE
    ).encode(x=x, y=_with_field(y, "zero:Q"), text=alt.value("0"))
    return [band, lines, zero, word]


def _picture() -> list[alt.Chart]:
    width, height = alt.ExprRef("width"), alt.ExprRef("height")
    return [
        _rows("picture")
        .mark_image(aspect=False, align="left", baseline="top", width=width, height=height)
        .encode(x=alt.value(0), y=alt.value(0), url="url:N")
    ]


def _ranges(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    return [
        _rows("ranges")
        .mark_rect(
            color=theme.ACCENT, stroke=theme.ACCENT, opacity=0.3, strokeOpacity=1, strokeWidth=1.5
        )
        .encode(x=x, x2="right:Q", y=y, y2="top:Q")
    ]


def _end_numbers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Smallest and largest value on the axes that have no scale at the left."""
    foot, top = (
        _rows("axes")
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


def _axis_names(plot_area: PlotArea, x: alt.X, text_colour: str) -> list[alt.Chart]:
    """What each axis shows, at the bottom of the plane; the own class bold."""
    return [
        _rows("axes")
        .transform_filter(which)
        .mark_text(
            align="right",
            baseline="top",
            angle=360 + _NAME_TILT,
            fontSize=12,
            fontWeight=weight,  # type: ignore[arg-type]
            limit=130,
            color=text_colour,
            dx=4,
            dy=6,
        )
        .encode(x=x, y=alt.value(alt.ExprRef(f"height - {plot_area.names}")), text="name:N")
        for which, weight in (("!datum.own", "normal"), ("datum.own", "bold"))
    ]


def _under_pointer(plot_area: PlotArea, x: alt.X, y: alt.Y, *, bent: bool) -> list[alt.Chart]:
    """The line that the pointer meets, and the cells that tell which it is."""
    heights: list[str | alt.FieldName] = [f"p{i}" for i in range(plot_area.axis_count)]
    hover = alt.selection_point(
        name=_HOVER, on="pointerover", clear="pointerout", fields=["line"], empty=False
    )
    told = alt.LookupData(alt.NamedData("lines"), "line", list(_TOOLTIP_ROWS))
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in _TOOLTIP_ROWS.items()]
    return [
        _rows("lines")
        .transform_filter(alt.ParameterPredicate(param=_HOVER, empty=False))
        .transform_fold(heights, as_=["axis", "height"])
        .transform_calculate(position="toNumber(substring(datum.axis, 1))")
        .mark_line(interpolate="monotone" if bent else "linear", strokeWidth=3.5, order=False)
        .encode(x=x, y=y, stroke=alt.Stroke("colour:N", scale=None), detail="line:Q"),
        _rows("cells")
        .transform_lookup("line", told)
        .mark_rect(opacity=0)
        .encode(x=x, x2="right:Q", y=y, y2="top:Q", tooltip=tooltip)
        .add_params(hover, sample_click()),
    ]
