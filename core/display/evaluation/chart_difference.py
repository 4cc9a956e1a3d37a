"""Accuracy of some samples against all of them (paper, figure 4 part 5)."""

from __future__ import annotations

import json
from collections.abc import Sequence

import altair as alt

from core.display import theme

# Legend and slanted column titles count in the height that Streamlit fits a chart into.
_HEADER_HEIGHT = 118
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
            x=_corruption_axis(),
            xOffset=_ratio_offset(),
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
    chart = alt.LayerChart(layer=[zero, bars]).properties(height=_chart_height(len(series)))
    return theme.styled(chart)


def _chart_height(rows: int) -> int:
    """Pixels of a chart with so many rows."""
    return rows * (84 if rows <= 4 else 62) + _HEADER_HEIGHT


def _corruption_axis() -> alt.X:
    """A column per corruption in the order of `position`, titles on top."""
    return alt.X(
        "column:N",
        sort=_rising("position"),
        title=None,
        axis=alt.Axis(
            orient="top",
            labelAngle=-40,
            labelPadding=6,
            labelOverlap=False,
            ticks=False,
            labelLimit=160,
        ),
        scale=alt.Scale(paddingInner=0.12, paddingOuter=0.04),
    )


def _ratio_offset() -> alt.XOffset:
    """A place within the column for each target sparsity, rising."""
    return alt.XOffset(
        "ratio_label:N", sort=_rising("ratio"), scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05)
    )


def _rising(field: str) -> alt.EncodingSortField:
    # the rows say the order, so that other rows need no other chart; only `min` works where
    # several layers with tables of their own share an axis
    return alt.EncodingSortField(field, op="min")
