"""What charts of rows and panels share: the two axes, lines across, titles and tick labels."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from core.display import theme
from core.display.robustness.panels import FULL, TICK_ROW, TITLE_ROW


def panel_x(field: str, panels: int) -> alt.X:
    """A field along the axis of all panels, which has no ticks of its own."""
    scale = alt.Scale(domain=[-0.02, panels - 1 + FULL + 0.02], nice=False, zero=False)
    return alt.X(f"{field}:Q", scale=scale, axis=None)


def row_y(field: str, rows: Sequence[str]) -> alt.Y:
    """A field with names of rows, which stand below each other in the given order."""
    scale = alt.Scale(domain=[TITLE_ROW, TICK_ROW, *rows])
    axis = alt.Axis(labelLimit=220, ticks=False, labelOverlap=False, labelPadding=6)
    return alt.Y(f"{field}:N", scale=scale, title=None, axis=axis)


def panel_frame(rows: Sequence[str], panels: int, text: str) -> list[alt.Chart]:
    """Lines across all rows, tick labels and titles, from `panels.panel_tables`.

    Args:
        rows: names, from the top.
        panels: how many.
        text: colour of words.
    """
    ticks = alt.Chart(alt.NamedData("ticks")).encode(x=panel_x("x", panels))
    last = rows[-1] if rows else TICK_ROW
    lines = ticks.mark_rule(color=theme.REST, opacity=0.35).encode(
        y=alt.YDatum(TICK_ROW, bandPosition=1), y2=alt.Y2Datum(last, bandPosition=1)
    )
    labels = ticks.mark_text(fontSize=10, opacity=0.85, color=text).encode(
        y=alt.YDatum(TICK_ROW), text="label:N"
    )
    titles = (
        alt.Chart(alt.NamedData("titles"))
        .mark_text(align="left", fontWeight="bold", fontSize=12, color=text)
        .encode(x=panel_x("x", panels), y=alt.YDatum(TITLE_ROW), text="title:N")
    )
    return [lines, labels, titles]
