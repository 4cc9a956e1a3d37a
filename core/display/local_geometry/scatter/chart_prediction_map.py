"""How angle and length act on the prediction, drawn for one model (paper, figure 2)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme
from core.display.charts.edge_curves import Ranges, ticks
from core.display.local_geometry.scatter.chart import AXIS_TITLES

TITLES = {"right": "Share predicted right", "confidence": "Mean confidence of the prediction"}


def prediction_map(ranges: Ranges, *, shown: str) -> alt.Chart:
    """A grid over angle and length, each cell coloured by what its samples do.

    Rows of `cells`: as `cells_of` returns.

    Args:
        ranges: low and high of angle and length.
        shown: `right` or `confidence`.
    """
    (a0, a1), (l0, l1) = ranges["angle"], ranges["length"]
    grid: alt.Chart = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect(stroke=None)
        .encode(
            x=alt.X(
                "x:Q",
                title=AXIS_TITLES["angle"],
                scale=alt.Scale(domain=[a0, a1], zero=False, nice=False),
                axis=alt.Axis(values=ticks(a0, a1), grid=False),
            ),
            x2="x2:Q",
            y=alt.Y(
                "y:Q",
                title=AXIS_TITLES["length"],
                scale=alt.Scale(domain=[l0, l1], zero=False, nice=False),
                axis=alt.Axis(values=ticks(l0, l1), grid=False),
            ),
            y2="y2:Q",
            color=alt.Color(
                f"{shown}:Q",
                scale=alt.Scale(scheme="viridis", domain=[0, 1], clamp=True),
                legend=alt.Legend(title=None, format="%", orient="right", gradientLength=180),
            ),
            tooltip=[
                alt.Tooltip("samples:Q", title="samples here"),
                alt.Tooltip("right:Q", title="predicted right", format=".1%"),
                alt.Tooltip("confidence:Q", title="mean confidence", format=".1%"),
            ],
        )
    )
    return theme.styled(grid.properties(height=310))


def cells_of(cells: pl.DataFrame, ranges: Ranges, *, bins: int) -> pl.DataFrame:
    """The grid's cells in the units of the axes.

    Args:
        cells: as `class_queries.prediction_map` returns.
        ranges: low and high of angle and length.
        bins: cells along each side.

    Returns:
        x, x2, y, y2 (edges), samples, right, confidence.
    """
    (a0, a1), (l0, l1) = ranges["angle"], ranges["length"]
    wide, tall = (a1 - a0) / bins, (l1 - l0) / bins
    return cells.select(
        "samples",
        "right",
        "confidence",
        x=a0 + wide * pl.col("angle_bin"),
        x2=a0 + wide * (pl.col("angle_bin") + 1),
        y=l0 + tall * pl.col("length_bin"),
        y2=l0 + tall * (pl.col("length_bin") + 1),
    )
