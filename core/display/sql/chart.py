"""A quick chart of any result: two columns, a colour, points, lines or bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import altair as alt

from core.display import theme

HEIGHT = 380
_CATEGORY_STEP = 18
_SVG_MARKS = 2_000
# of a column that says whether something is right
_ANSWERS = {"true": theme.CORRECT, "false": theme.INCORRECT}


class Column(NamedTuple):
    """A column as a chart shows it: its title, and Vega-Lite's letter for its kind (Q, N, T)."""

    title: str
    kind: str


def quick_chart(
    mark: str,
    x: Column,
    y: Column,
    colour: Column | None = None,
    *,
    values: Sequence[str] = (),
    rows: int = 0,
) -> alt.Chart:
    """Two columns of a result. Rows come from the table `rows`: x, y and maybe colour.

    Args:
        mark: `point`, `line` or `bar`.
        x: along the axis to the right.
        y: along the axis upwards.
        colour: shown by the colour; None for one colour.
        values: of a nominal colour, at most as many as there are colours.
        rows: how many there are; many are drawn on a canvas.
    """
    titles = {"x": x, "y": y}
    channels: list[alt.SchemaBase] = [
        alt.X(f"x:{x.kind}", axis=_axis(x), scale=_scale(x, mark), sort=None),
        alt.Y(f"y:{y.kind}", axis=_axis(y), scale=_scale(y, mark), sort=None),
    ]
    if colour is not None:
        titles["colour"] = colour
        channels.append(_colour(colour, values))
        if mark == "bar" and colour.kind == "N" and colour not in {x, y}:
            if x.kind == "N":
                channels.append(alt.XOffset("colour:N", sort=None))
            elif y.kind == "N":
                channels.append(alt.YOffset("colour:N", sort=None))
    tooltip = [alt.Tooltip(f"{name}:{one.kind}", title=one.title) for name, one in titles.items()]
    base = alt.Chart(alt.NamedData("rows")).encode(*channels, tooltip=tooltip)
    plain = theme.ACCENT if colour is None else alt.Undefined
    if mark == "bar":
        drawn = base.mark_bar(color=plain)
    elif mark == "line":
        drawn = base.mark_line(color=plain, point=True)
    else:
        drawn = base.mark_point(color=plain, filled=True, size=36, opacity=0.75)
    chart: alt.Chart = drawn.properties(
        height=alt.Step(_CATEGORY_STEP) if y.kind == "N" else HEIGHT
    )
    return theme.for_many_marks(chart) if rows > _SVG_MARKS else theme.styled(chart)


def _axis(column: Column) -> alt.Axis:
    if column.kind == "N":
        return alt.Axis(title=column.title, labelLimit=260, labelOverlap="greedy")
    return alt.Axis(title=column.title)


def _scale(column: Column, mark: str) -> alt.Scale:
    # a bar's length is its number; points and lines show where they lie
    if column.kind == "Q":
        return alt.Scale(zero=mark == "bar", nice=True)
    return alt.Scale(paddingInner=0.2) if column.kind == "N" and mark == "bar" else alt.Scale()


def _colour(column: Column, values: Sequence[str]) -> alt.Color:
    if column.kind != "N":
        return alt.Color(f"colour:{column.kind}", title=column.title, scale=_gradient(column))
    colours = _ANSWERS if set(values) <= set(_ANSWERS) else theme.value_colours(values)
    legend = alt.Legend(
        title=column.title,
        orient="top",
        direction="horizontal",
        columns=theme.legend_columns(values),
    )
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("colour:N", scale=scale, legend=legend)


def _gradient(column: Column) -> alt.Scale:
    return alt.Scale(scheme="viridis") if column.kind == "Q" else alt.Scale()
