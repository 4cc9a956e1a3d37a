"""Densities of the relative change, a small plot a corruption, and differences between models."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from core.display import theme
from core.display.robustness.chart_panels import panel_dots
from core.display.robustness.small_plots import by_corruption, model_channel
from core.metrics import METRICS


def change_densities(colours: Mapping[str, str], *, metric: str) -> alt.FacetChart:
    """A plot a corruption and one for all, a curve a model.

    Rows of `curves`: as `frames.density_curves` returns.

    Args:
        colours: of each model's label.
        metric: which one changes.
    """
    title = f"relative change of {METRICS[metric].label.lower()}"
    base = alt.Chart().encode(
        x=alt.X(
            "value:Q",
            title=title,
            scale=alt.Scale(zero=False, nice=False),
            axis=alt.Axis(tickCount=5, grid=False),
        ),
        y=alt.Y("density:Q", title="density", stack=None, axis=alt.Axis(labels=False, grid=False)),
        color=model_channel(colours),
    )
    area = base.mark_area(opacity=0.14)
    line = base.mark_line(strokeWidth=1.5).encode(
        tooltip=[
            alt.Tooltip("model:N"),
            alt.Tooltip("corruption:N"),
            alt.Tooltip("value:Q", title=title, format=".2f"),
            alt.Tooltip("density:Q", format=".2f"),
            alt.Tooltip("samples:Q", title="corrupted images", format=","),
        ]
    )
    zero = alt.Chart().mark_rule(color=theme.REST, strokeDash=[3, 3]).encode(x=alt.XDatum(0))
    chart = by_corruption([zero, area, line], "curves")
    chart.resolve = alt.Resolve(scale=alt.ScaleResolveMap(y="independent"))
    return theme.for_many_marks(chart)


def change_differences(
    colours: Mapping[str, str], *, rows: tuple[str, ...], text: str
) -> alt.LayerChart:
    """A row a corruption, a panel a model: how much more it changes than the first model.

    Rows of `dots`, `ticks` and `titles`: as `frames.difference_tables` returns.

    Args:
        colours: of each model's label, a panel each.
        rows: corruptions, from the top.
        text: colour of words.
    """
    tooltip = {
        "row": "corruption", "column": "model", "words": "difference (95 %)", "over": "over"
    }  # fmt: skip
    return panel_dots(
        colours,
        rows=rows,
        panels=len(colours),
        measures=("difference",),
        text=text,
        tooltip=tooltip,
    )
