"""The axes of parallel coordinates in one coordinate system: names, lines, numbers, brush."""

from __future__ import annotations

import json
from collections.abc import Sequence

import altair as alt
import polars as pl

from core.display import theme
from core.display.global_geometry_axes import Axis

BRUSH = "brush"


def position_axis(axes: Sequence[Axis], *, labelled: bool = True) -> alt.X:
    """The x channel of charts that stand under each other: field `position`."""
    names = [f"{axis.name} (own)" if axis.own else axis.name for axis in axes]
    own = next((i for i, axis in enumerate(axes) if axis.own), -1)
    weight = {"condition": {"test": f"datum.value == {own}", "value": "bold"}, "value": "normal"}
    return alt.X(
        "position:Q",
        title=None,
        scale=alt.Scale(domain=[-0.45, len(axes) - 0.4], nice=False, zero=False),
        axis=alt.Axis(
            values=list(range(len(axes))),
            labelExpr=f"{json.dumps(names)}[datum.value]",
            labelAngle=-35 if max(map(len, names)) > 5 else 0,
            labelOverlap=False,
            labelLimit=110,
            labelFontWeight=weight,
            labelFontSize=12,
            labels=labelled,
            ticks=False,
            grid=False,
        ),
    )


def own_band(axes: Sequence[Axis], x: alt.X, y: alt.Y) -> alt.Chart:
    """The pale band behind the own class's axis."""
    rows = pl.DataFrame(
        [(i - 0.42, i + 0.46, 0.0, 1.0) for i, axis in enumerate(axes) if axis.own],
        schema={"position": pl.Float64, "right": pl.Float64, "height": pl.Float64,
                "top": pl.Float64},
        orient="row",
    )  # fmt: skip
    chart: alt.Chart = (
        alt.Chart(rows)
        .mark_rect(color=theme.METHOD_COLOURS["magnitude"], opacity=0.09)
        .encode(x=x, x2="right:Q", y=y, y2="top:Q")
    )
    return chart


def axis_lines(axes: Sequence[Axis], x: alt.X, y: alt.Y, *, brush: bool) -> alt.Chart:
    """Upright lines, which carry the brush if there is one."""
    rows = pl.DataFrame(
        {
            "position": [i for i in range(len(axes)) for _ in (0, 1)],
            "height": [0.0, 1.0] * len(axes),
        }
    )
    chart: alt.Chart = (
        alt.Chart(rows)
        .mark_line(color=theme.REFERENCE, strokeWidth=1, opacity=0.8)
        .encode(x=x, y=y, detail="position:N")
    )
    if brush:
        chart = chart.add_params(alt.selection_interval(name=BRUSH, encodings=["x", "y"]))
    return chart


def end_numbers(axes: Sequence[Axis], x: alt.X, y: alt.Y) -> alt.Chart:
    """Smallest and largest value on the axes that have no scale at the left."""
    rows = [
        {
            "position": float(i) + 0.06,
            "height": height,
            "text": f"{axis.value(height):.3g}",
        }
        for i, axis in enumerate(axes)
        if axis.class_id is None
        for height in (0.0, 1.0)
    ]
    chart: alt.Chart = (
        alt.Chart(pl.DataFrame(rows))
        .mark_text(align="left", fontSize=10, color=theme.REFERENCE)
        .encode(x=x, y=y, text="text:N")
    )
    return chart
