"""Prune potential: a row a corruption or a class, a panel a method."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display.robustness.chart_panels import panel_dots


def potential_dots(
    colours: Mapping[str, str],
    *,
    rows: tuple[str, ...],
    measures: tuple[str, ...],
    text: str,
) -> alt.LayerChart:
    """How far each method can prune before a row breaks; the line is the 95 % interval.

    Rows of `dots`, `ticks` and `titles`: as `frames.prune_potential` returns.

    Args:
        colours: of each method, a panel each.
        rows: names, from the top.
        measures: the tolerated losses, in words.
        text: colour of words.
    """
    tooltip = {
        "row": "images", "column": "method", "measure": "tolerated loss",
        "words": "prune potential (95 %)", "over": "over",
    }  # fmt: skip
    return panel_dots(
        colours, rows=rows, panels=len(colours), measures=measures, text=text, tooltip=tooltip
    )
