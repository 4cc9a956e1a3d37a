"""Decks against a single model: a row a corruption, a panel a vote."""

from __future__ import annotations

import altair as alt

from core.display import theme
from core.display.robustness.chart_panels import panel_dots


def deck_dots(*, rows: tuple[str, ...], votes: tuple[str, ...], text: str) -> alt.LayerChart:
    """How much better the deck is than the single model; the line is the 95 % interval.

    Rows of `dots`, `ticks` and `titles`: as `frames.Deck.tables`.

    Args:
        rows: conditions, from the top.
        votes: a panel each.
        text: colour of words.
    """
    colours = dict(zip(votes, (theme.ACCENT, theme.COMPARED), strict=False))
    tooltip = {"row": "images", "column": "vote", "words": "difference (95 %)", "over": "over"}
    return panel_dots(
        colours,
        rows=rows,
        panels=len(votes),
        measures=("difference",),
        text=text,
        tooltip=tooltip,
    )
