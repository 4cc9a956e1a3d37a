"""Which classes pay: a row a class, beside its margins under the dense model."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display.robustness.chart_panels import panel_dots

MARGINS = "margin, dense model"


def class_dots(colours: Mapping[str, str], *, rows: tuple[str, ...], text: str) -> alt.LayerChart:
    """Margins of each class in the first panel, then a panel a model with its change of recall.

    Rows of `dots`, `ticks` and `titles`: as `frames.ClassDisparity.tables`.

    Args:
        colours: of the margins and of each model's label.
        rows: classes, from the top.
        text: colour of words.
    """
    tooltip = {"row": "class", "column": "shown", "words": "value", "over": "over"}
    return panel_dots(
        colours, rows=rows, panels=len(colours), measures=("value",), text=text, tooltip=tooltip
    )
