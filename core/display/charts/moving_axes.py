"""Axes whose ends come with the rows, so that another model moves them without a new chart.

The table `axes` holds the ends in each of its rows. The chart reads them from its first row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.edge_curves import Ranges, beyond
from core.metrics import METRICS

Tables = dict[str, pl.DataFrame]
Sides = Mapping[str, tuple[float, float] | None]
POSITION = ("angle", "length")
BRUSH = "brush"
_TABLE = alt.NamedData("axes")


def ends(ranges: Ranges, *, about: int, strips: bool = False, note: str = "") -> pl.DataFrame:
    """One row: `_low`, `_high`, `_foot` and the ticks `_first`, `_last`, `_step` of each axis.

    Args:
        ranges: low and high of what each axis shows, by name.
        about: ticks on each axis.
        strips: whether there is room for curves beyond the ranges; they start at the foot.
        note: what stands in the middle of the plot.
    """
    row: dict[str, float | str] = {"note": note}
    for metric, (low, high) in ranges.items():
        foot, size = beyond((low, high)) if strips else (high, 0.0)
        rough = (high - low) / about
        unit = 10.0 ** floor(log10(rough))
        step = next(unit * s for s in (1, 2, 5, 10) if unit * s > 0.75 * rough)
        row |= {
            f"{metric}_low": float(low),
            f"{metric}_high": float(foot + size),
            f"{metric}_foot": float(foot),
            f"{metric}_first": step * ceil(low / step),
            f"{metric}_last": step * floor(high / step),
            f"{metric}_step": step,
        }
    return pl.DataFrame([row])


def read_ends(names: Sequence[str] = POSITION) -> alt.Parameter:
    """The parameter that charts with such axes need; a mark has to take rows from their table."""
    # A chart is made before its rows come.
    unknown = {"low": 0, "high": 1, "foot": 1, "first": 0, "last": 0, "step": 1}
    row = ", ".join(f"{m}_{name}: {value}" for m in names for name, value in unknown.items())
    return alt.param(name="ends", expr=f"length(data('axes')) ? data('axes')[0] : {{{row}}}")


def end(metric: str, part: str) -> alt.ExprRef:
    """One of the numbers that `ends` gives an axis, such as its foot."""
    return alt.ExprRef(f"ends.{metric}_{part}")


def x_of(field: str, metric: str, *, title: str | list[str], **looks: Any) -> alt.X:
    """A field along the horizontal axis of a metric, with ticks at round values.

    Args:
        field: of the rows.
        metric: name of the axis.
        title: of the axis; a list has a line each.
        **looks: of the axis, as `altair.Axis` takes them.
    """
    return alt.X(f"{field}:Q", title=title, **_axis(metric, looks))


def position(prefix: str = "", *, short: bool = False, **looks: Any) -> dict[str, Any]:
    """The channels x and y of a position: angle across, length up.

    Args:
        prefix: what stands before `angle` and `length` in the fields' names.
        short: whether titles have little room.
        **looks: of both axes, as `altair.Axis` takes them.
    """
    angle, length = (
        METRICS[name].short_title if short else METRICS[name].axis_title for name in POSITION
    )
    return {
        "x": x_of(f"{prefix}angle", "angle", title=angle, **looks),
        "y": alt.Y(f"{prefix}length:Q", title=length, **_axis("length", looks)),
    }


def note() -> alt.Chart:
    """The note in the middle of the plot: a mark that takes rows from the table of the axes."""
    x, y = ({"value": alt.ExprRef(f"{side} / 2")} for side in ("width", "height"))
    words: alt.Chart = alt.Chart(_TABLE).mark_text(color=theme.REFERENCE)
    return words.encode(x=x, y=y, text="note:N")


def interval_brush(sides: Sides) -> alt.Parameter:
    """A brush: a drag along one side of a plot or over both, as the selection BRUSH.

    Args:
        sides: by channel (`x`, `y`) the range to show as brushed at first, None for none; it is
            shown where all have one.
    """
    value = dict(sides) if all(sides.values()) else alt.Undefined
    return alt.selection_interval(name=BRUSH, encodings=list(sides), value=value)  # type: ignore[arg-type]


def lit(shown: float, pale: float) -> Any:
    """Opacity of marks on a plot with a brush: those outside turn pale while one drags.

    The browser does it, without asking the server.

    Args:
        shown: of marks inside, and of all without a brush.
        pale: of marks outside.
    """
    inside = alt.ParameterPredicate(param=BRUSH, empty=True)
    return alt.condition(inside, alt.value(shown), alt.value(pale))


def _axis(metric: str, looks: Mapping[str, Any]) -> dict[str, Any]:
    first, last, step = (f"ends.{metric}_{part}" for part in ("first", "last", "step"))
    ticks = alt.ExprRef(f"sequence({first}, {last} + {step} / 2, {step})")
    shown = [end(metric, side) for side in ("low", "high")]
    return {
        "scale": alt.Scale(domain=shown, zero=False, nice=False),
        "axis": alt.Axis(values=ticks, gridOpacity=0.5, **{"grid": True, **looks}),
    }
