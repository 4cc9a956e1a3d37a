"""Accuracy of some samples against all of them (paper, figure 4 part 5)."""

from __future__ import annotations

import json
from collections.abc import Sequence

import altair as alt

from core.display import theme
from core.display.evaluation.chart_axes import chart_height, corruption_axis, ratio_offset

BETTER, WORSE = "better than on all samples", "worse"


def difference_bars(series: Sequence[str]) -> alt.LayerChart:
    """Accuracy on the filtered samples minus accuracy on all, per corruption, method and ratio.

    Up and green is better than on all samples, down and red is worse (paper, figure 4 part
    5). A row per method, all on one scale. Rows come from the table `bars`, as
    `difference_table` returns it.

    Args:
        series: from the bottom row to the top one.
    """
    middles = [row + 0.5 for row in range(len(series))]
    names = {f"{middle:g}": name for middle, name in zip(middles, series, strict=True)}
    y = alt.Y(
        "base:Q",
        scale=alt.Scale(domain=[0, len(series)], nice=False),
        title=None,
        axis=alt.Axis(
            values=middles,
            labelExpr=f"{json.dumps(names)}[format(datum.value, '~g')]",
            labelLimit=150,
            grid=False,
            ticks=False,
        ),
    )
    bars = (
        alt.Chart(alt.NamedData("bars"))
        .mark_bar()
        .encode(
            x=corruption_axis(),
            xOffset=ratio_offset(),
            y=y,
            y2="tip:Q",
            color=alt.Color(
                "direction:N",
                scale=alt.Scale(domain=[BETTER, WORSE], range=[theme.HIGHER, theme.LOWER]),
                legend=alt.Legend(title=None, orient="top", direction="horizontal"),
            ),
            # untested bars are no paler than significant ones
            opacity=alt.condition("datum.significant == 'no'", alt.value(0.32), alt.value(1.0)),
            tooltip=[
                alt.Tooltip("series:N", title="method"),
                alt.Tooltip("ratio_label:N", title="target sparsity"),
                alt.Tooltip("column:N", title="corruption"),
                alt.Tooltip("significant:N", title="significant (Holm)"),
                alt.Tooltip("p:N", title="p (Holm)"),
                alt.Tooltip("points:Q", title="difference (points)", format="+.1f"),
                alt.Tooltip("accuracy:Q", title="accuracy, filtered samples", format=".1%"),
                alt.Tooltip("overall:Q", title="accuracy, all samples", format=".1%"),
                alt.Tooltip("samples:Q", title="filtered samples", format=","),
            ],
        )
    )
    zero = (
        alt.Chart(alt.sequence(0.5, len(series), 1, as_="base"))
        .mark_rule(color=theme.REFERENCE, opacity=0.7)
        .encode(y=y)
    )
    chart = alt.LayerChart(layer=[zero, bars]).properties(height=chart_height(len(series)))
    return theme.styled(chart)
