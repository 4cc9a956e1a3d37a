"""Axes whose ends come with the rows, so that another model moves them without a new chart.

A table holds the ends in each of its rows. The chart reads them from its first row.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.edge_curves import Ranges, beyond, tick_step

Names = Sequence[str]
POSITION: Names = ("angle", "length")
_ENDS = "ends"


def ends(ranges: Ranges, *, about: int, strips: bool = False) -> pl.DataFrame:
    """One row: `_low`, `_high`, `_foot` and the ticks `_first`, `_last`, `_step` of each axis.

    Args:
        ranges: low and high of what each axis shows, by name.
        about: ticks on each axis.
        strips: whether there is room for curves beyond the ranges; they start at the foot.
    """
    row: dict[str, float] = {}
    for metric, (low, high) in ranges.items():
        foot, size = beyond((low, high)) if strips else (high, 0.0)
        step = tick_step(low, high, about=about)
        row |= {
            f"{metric}_low": low,
            f"{metric}_high": foot + size,
            f"{metric}_foot": foot,
            f"{metric}_first": step * ceil(low / step),
            f"{metric}_last": step * floor(high / step),
            f"{metric}_step": step,
        }
    return pl.DataFrame({name: [float(value)] for name, value in row.items()})


def read_from(table: str, names: Names = POSITION) -> alt.Parameter:
    """The parameter that charts with such axes need: the first row of a named table.

    Args:
        table: its name; a mark of the chart has to take rows from it.
        names: of the axes.
    """
    # A chart is made before its rows come.
    unknown = {"low": 0, "high": 1, "foot": 1, "first": 0, "last": 0, "step": 1}
    row = ", ".join(f"{m}_{name}: {value}" for m in names for name, value in unknown.items())
    return alt.param(name=_ENDS, expr=f"length(data('{table}')) ? data('{table}')[0] : {{{row}}}")


def foot(metric: str) -> alt.ExprRef:
    """Where the strip beyond an axis starts."""
    return alt.ExprRef(f"{_ENDS}.{metric}_foot")


def scale(metric: str) -> alt.Scale:
    """The scale of an axis."""
    low, high = (alt.ExprRef(f"{_ENDS}.{metric}_{side}") for side in ("low", "high"))
    return alt.Scale(domain=[low, high], zero=False, nice=False)


def axis(metric: str, *, title_anchor: str | None = None, grid: bool = True) -> alt.Axis:
    """Ticks at round values."""
    first, last, step = (f"{_ENDS}.{metric}_{part}" for part in ("first", "last", "step"))
    values = alt.ExprRef(f"sequence({first}, {last} + {step} / 2, {step})")
    anchor = alt.Undefined if title_anchor is None else title_anchor
    return alt.Axis(values=values, titleAnchor=anchor, grid=grid, gridOpacity=0.5)  # type: ignore[arg-type]


def x_of(
    field: str, metric: str, *, title: str, title_anchor: str | None = None, grid: bool = True
) -> alt.X:
    """A field along the horizontal axis of a metric."""
    along = axis(metric, title_anchor=title_anchor, grid=grid)
    return alt.X(f"{field}:Q", title=title, scale=scale(metric), axis=along)


def y_of(
    field: str, metric: str, *, title: str, title_anchor: str | None = None, grid: bool = True
) -> alt.Y:
    """A field along the vertical axis of a metric, with the arguments of `x_of`."""
    along = axis(metric, title_anchor=title_anchor, grid=grid)
    return alt.Y(f"{field}:Q", title=title, scale=scale(metric), axis=along)


def note_of(table: str) -> alt.Chart:
    """The words `note` of a table's rows in the middle of the plot: a mark that reads the ends."""
    middle: list[Any] = [alt.value(alt.ExprRef(f"{side} / 2")) for side in ("width", "height")]
    words: alt.Chart = (
        alt.Chart(alt.NamedData(table))
        .mark_text(color=theme.REFERENCE)
        .encode(x=middle[0], y=middle[1], text="note:N")
    )
    return words
