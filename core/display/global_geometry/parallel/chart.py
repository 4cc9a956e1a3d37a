"""Samples as lines over many axes, with densities, means and brushed ranges (paper 6.3).

Lines and densities come as one picture (`svg_lines`); the chart holds the axes under it and,
above it, means, ranges and the line that the pointer meets.
"""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.global_geometry.parallel.chart_axes import (
    axis_lines,
    axis_names,
    end_numbers,
    height_channel,
    own_band,
    position_channel,
)
from core.display.global_geometry.plot_area import PlotArea

_ROLES = alt.Scale(domain=["reference", "compared"], range=[theme.REFERENCE, theme.COMPARED])
_HOVER = "hover"
_TOOLTIP_ROWS = {
    "sample": "sample",
    "classes": "class",
    "metrics": "angle, length, margin",
    "under": "under",
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

    Rows of `axes`: position, name, own, foot and top (numbers at the ends, or empty). Of
    `picture`: url. Of `moments`: role, position, height, low and high (one standard deviation
    to either side), and ready words: axis, mean, samples. With a brush also, of `ranges`:
    position, right, height, top; of `cells`: as `pointer_cells` returns; of `lines`: line,
    colour, the heights p0, p1, … and ready words: sample, classes, metrics, under, image.

    Args:
        plot_area: the plane; the axes are named where it has room for their names.
        bent: the hovered line is a curve, as those of the picture are.
        spread: draw the mean on each axis, one standard deviation to either side of it,
            and the path of the means.
        brush: take drags as the interval selection BRUSH over `position` and `height`, and
            tell the line under the pointer.
        text_colour: colour of the names, to be read on the page's background.
    """
    x, y = position_channel(plot_area), height_channel(plot_area)
    layers = [
        own_band(x, y),
        axis_lines(x, y, brush=brush),
        _picture(),
        *(_spread(x, y, height_channel(plot_area, "low:Q")) if spread else []),
        *([_ranges(x, y)] if brush else []),
        *end_numbers(x, y),
        *(axis_names(plot_area, x, text_colour) if plot_area.names else []),
        *([_hovered(plot_area, x, y, bent=bent), _cells(x, y)] if brush else []),
        *([_mean_points(x, y)] if spread else []),
    ]
    return theme.for_many_marks(alt.LayerChart(layer=layers).properties(height=plot_area.pixels))


def _picture() -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("picture"))
        .mark_image(
            aspect=False,
            align="left",
            baseline="top",
            width=alt.ExprRef("width"),
            height=alt.ExprRef("height"),
        )
        .encode(x=alt.value(0), y=alt.value(0), url="url:N")
    )
    return chart


def _hovered(plot_area: PlotArea, x: alt.X, y: alt.Y, *, bent: bool) -> alt.Chart:
    heights: list[str | alt.FieldName] = [f"p{i}" for i in range(plot_area.axis_count)]
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("lines"))
        .transform_filter(alt.ParameterPredicate(param=_HOVER, empty=False))
        .transform_fold(heights, as_=["axis", "height"])
        .transform_calculate(position="toNumber(substring(datum.axis, 1))")
        .mark_line(interpolate="monotone" if bent else "linear", strokeWidth=3.5, order=False)
        .encode(x=x, y=y, stroke=alt.Stroke("colour:N", scale=None), detail="line:Q")
    )
    return chart


def _cells(x: alt.X, y: alt.Y) -> alt.Chart:
    hover = alt.selection_point(
        name=_HOVER, on="pointerover", clear="pointerout", fields=["line"], empty=False
    )
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("cells"))
        .transform_lookup(
            "line", alt.LookupData(alt.NamedData("lines"), "line", list(_TOOLTIP_ROWS))
        )
        .mark_rect(opacity=0)
        .encode(
            x=x,
            x2="right:Q",
            y=y,
            y2="top:Q",
            tooltip=[alt.Tooltip(f"{one}:N", title=name) for one, name in _TOOLTIP_ROWS.items()],
        )
        .add_params(hover)
    )
    return chart


def _spread(x: alt.X, y: alt.Y, low: alt.Y) -> list[alt.Chart]:
    base = _moments(x)
    return [
        base.mark_line(strokeWidth=2.2, interpolate="linear").encode(y=y, detail="role:N"),
        base.mark_rule(strokeWidth=3.5, strokeCap="round").encode(y=low, y2="high:Q"),
    ]


def _mean_points(x: alt.X, y: alt.Y) -> alt.Chart:
    chart: alt.Chart = (
        _moments(x)
        .mark_point(filled=True, size=46, opacity=1, stroke="white", strokeWidth=1)
        .encode(
            y=y,
            tooltip=[
                alt.Tooltip("role:N", title="combination"),
                alt.Tooltip("axis:N", title="axis"),
                alt.Tooltip("mean:N", title="mean ± standard deviation"),
                alt.Tooltip("samples:N", title="samples with a value"),
            ],
        )
    )
    return chart


def _moments(x: alt.X) -> alt.Chart:
    chart: alt.Chart = alt.Chart(alt.NamedData("moments")).encode(
        x=x, color=alt.Color("role:N", scale=_ROLES, legend=None)
    )
    return chart


def _ranges(x: alt.X, y: alt.Y) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("ranges"))
        .mark_rect(
            color=theme.ACCENT, stroke=theme.ACCENT, opacity=0.3, strokeOpacity=1, strokeWidth=1.5
        )
        .encode(x=x, x2="right:Q", y=y, y2="top:Q")
    )
    return chart
