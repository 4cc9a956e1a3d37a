"""Axes that the two evaluation charts share: a column per corruption, in it a bar per ratio."""

from __future__ import annotations

import altair as alt

# Legend and slanted column titles count in the height that Streamlit fits a chart into.
HEADER_HEIGHT = 118


def chart_height(rows: int) -> int:
    """Pixels of a chart with so many rows."""
    return rows * (84 if rows <= 4 else 62) + HEADER_HEIGHT


def corruption_axis() -> alt.X:
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


def ratio_offset() -> alt.XOffset:
    """A place within the column for each target sparsity, rising."""
    return alt.XOffset(
        "ratio_label:N", sort=_rising("ratio"), scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05)
    )


def _rising(field: str) -> alt.EncodingSortField:
    # the rows say the order, so that other rows need no other chart; only `min` works where
    # several layers with tables of their own share an axis
    return alt.EncodingSortField(field, op="min")
