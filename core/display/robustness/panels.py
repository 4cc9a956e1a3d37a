"""Panels side by side in one plot, which shrinks with the window: rows of names, a scale in each.

Charts that are put side by side keep their width. Here panel `i` takes the places `i` to `i + 1` of
one axis, whatever its own scale is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import polars as pl

FULL = 0.88
"""How much of its place a panel takes; the rest is air."""
_FEWEST_TICKS = 3
TITLE_ROW, TICK_ROW = " ", "  "
"""Names of the two rows above all others, blank on screen."""


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        title: above it.
        ticks: value and word of each line across it.
        ends: low and high of its scale.
    """

    title: str
    ticks: tuple[tuple[float, str], ...]
    ends: tuple[float, float]


def round_ticks(
    low: float, high: float, words: Callable[[float], str]
) -> tuple[tuple[float, str], ...]:
    """Three to seven round values of a scale, 0 among them where it is on it.

    Args:
        low: end of the scale.
        high: the other end, larger.
        words: for a value.
    """
    power = 10.0 ** floor(log10(high - low))
    for step in (5 * power, 2 * power, power, power / 2, power / 5):
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        if last - first >= _FEWEST_TICKS - 1:
            break
    return tuple((k * step, words(k * step) if k else "0") for k in range(first, last + 1))


def across(panels: Sequence[Panel], value: pl.Expr, panel: pl.Expr) -> pl.Expr:
    """Where a value of a panel lies on the plot's axis; values beyond the ends lie on them.

    Args:
        panels: from left to right.
        value: in the unit of the panel.
        panel: its number, 0-based.
    """
    if not panels:
        return pl.lit(None, pl.Float64)
    numbers = range(len(panels))
    low, high = (
        panel.replace_strict(
            dict(zip(numbers, (one.ends[side] for one in panels), strict=True)),
            return_dtype=pl.Float64,
        )
        for side in (0, 1)
    )
    share = ((value - low) / (high - low)).clip(0, 1)
    return panel + FULL * share


def panel_tables(panels: Sequence[Panel]) -> dict[str, pl.DataFrame]:
    """Lines and words of the panels.

    Returns:
        `ticks`: x, label; `titles`: x (the panel's left end), title, without the network where
        all panels are of one.
    """
    networks = {one.title.rpartition(": ")[0] for one in panels}
    words = [one.title.rpartition(": ")[2] if len(networks) == 1 else one.title for one in panels]
    ticks = [(i, value, label) for i, panel in enumerate(panels) for value, label in panel.ticks]
    columns = {"panel": pl.Int64, "value": pl.Float64, "label": pl.String}
    rows = pl.DataFrame(ticks, schema=columns, orient="row")
    titles = pl.DataFrame(
        {"x": [float(i) for i in range(len(panels))], "title": words},
        schema={"x": pl.Float64, "title": pl.String},
    )
    x = across(panels, pl.col("value"), pl.col("panel"))
    return {"ticks": rows.select("label", x=x), "titles": titles}
