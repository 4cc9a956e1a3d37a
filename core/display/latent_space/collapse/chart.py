"""Small plots of one measure of neural collapse, and the legend that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from core.display import theme

_HEIGHT = 190


def series_legend(colours: Mapping[str, str]) -> alt.Chart:
    """Nothing but the names of the series with their colours.

    Rows of `series`: series.

    Args:
        colours: of each series.
    """
    channel = theme.series_channel(colours, offset=0)
    channel["legend"]["symbolOpacity"] = 1
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("series"), width=1, height=1, autosize="pad")
        .mark_point(filled=True, opacity=0)
        .encode(color=channel)
    )
    return theme.styled(chart)


def collapse_plot(
    colours: Mapping[str, str], *, title: str, logarithmic: bool, against: str
) -> alt.LayerChart:
    """One measure by target sparsity, a line a series, or against robustness, a dot a model.

    Rows of `points`: series, value, and ratio and seeds, or robustness, model, ratio, degenerate.

    Args:
        colours: of each series.
        title: of the measure.
        logarithmic: whether its axis is.
        against: "ratio" or "robustness".
    """
    by_ratio = against == "ratio"
    scale = (
        alt.Scale(type="log", nice=False, padding=8)
        if logarithmic
        else alt.Scale(zero=False, padding=6)
    )
    y = alt.Y(
        "value:Q",
        title=f"{title.partition(' ')[0]} (logarithmic)" if logarithmic else title,
        scale=scale,
        axis=alt.Axis(tickCount=5, format="~g" if logarithmic else "~f", gridOpacity=0.5),
    )
    x = alt.X(
        f"{against}:Q",
        title="target sparsity" if by_ratio else "mean accuracy on corrupted images",
        axis=alt.Axis(format="%", tickCount=5, grid=False),
        scale=alt.Scale(domain=[0, 1], nice=False) if by_ratio else alt.Scale(zero=False),
    )
    colour = theme.series_channel(colours)
    colour["legend"] = None
    words: list[Any] = [alt.Tooltip("series:N")]
    if not by_ratio:
        words = [alt.Tooltip("model:N"), alt.Tooltip("robustness:Q", format=".1%")]
    base = alt.Chart(alt.NamedData("points")).encode(
        x=x,
        y=y,
        color=colour,
        tooltip=[
            *words,
            alt.Tooltip("ratio:Q", title="target sparsity", format=".1%"),
            alt.Tooltip("value:Q", title=title, format=".3~g"),
            alt.Tooltip("seeds:Q") if by_ratio else alt.Tooltip("degenerate:N"),
        ],
    )
    dots = base.mark_point(filled=True, size=30 if by_ratio else 55, opacity=0.95)
    lines = [base.mark_line(strokeWidth=1.8)] if by_ratio else []
    return theme.styled(alt.LayerChart(layer=[*lines, dots], height=_HEIGHT))
