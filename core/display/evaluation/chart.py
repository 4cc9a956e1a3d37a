"""Accuracy over corruptions, methods and ratios in one look (paper 6.1, figure 4 part 1)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme
from core.display.evaluation.chart_axes import chart_height, corruption_axis, ratio_offset
from core.display.evaluation.frames import FULL

LEGEND_COLUMNS = 5
PICK = "picked"


def evaluation_histograms(bars: pl.DataFrame, *, selected: str | None = None) -> alt.LayerChart:
    """One column per corruption, in it a histogram of accuracy by ratio per method.

    The histograms of a column stand by rank: the method with the best accuracy on that
    corruption is on top. The pale frame behind each is 0 to 100 %, the line across it the
    dense model. A click picks a bar's model in every column (selection `picked`, field
    `name`).

    Args:
        bars: as `ranked_bars` returns.
        selected: name of the model to highlight; None lights all bars.
    """
    rows = bars["series"].n_unique()
    columns = bars.select("column", "position", "category").unique().sort("position")
    colours = theme.series_colours(
        bars.select("series", "method", "retrained").unique().sort("series")
    )
    frames = bars.select("column", "base").unique().with_columns(top=pl.col("base") + FULL)
    dense = bars.filter(pl.col("dense").is_not_null()).unique(["column", "series"])
    picked = alt.selection_point(name=PICK, fields=["name"], empty=True)
    if selected is not None:
        picked = alt.selection_point(
            name=PICK, fields=["name"], empty=True, value=[{"name": selected}]
        )
    x = corruption_axis(columns["column"].to_list())
    ratios = bars.select("ratio", "ratio_label").unique().sort("ratio")["ratio_label"].to_list()
    offset = ratio_offset(ratios)
    y_scale = alt.Scale(domain=[-0.08, rows], nice=False)
    background = (
        alt.Chart(frames)
        .mark_bar(color=theme.REFERENCE, opacity=0.10)
        .encode(x=x, y=alt.Y("base:Q", scale=y_scale, axis=None), y2="top:Q")
    )
    histogram = (
        alt.Chart(bars)
        .mark_bar(cursor="pointer")
        .encode(
            x=x,
            xOffset=offset,
            y=alt.Y("base:Q", scale=y_scale, axis=None),
            y2="top:Q",
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=list(colours), range=list(colours.values())),
                legend=alt.Legend(
                    title=None,
                    orient="top",
                    direction="horizontal",
                    columns=LEGEND_COLUMNS,
                    offset=4,
                ),
            ),
            opacity=alt.condition(picked, alt.value(1.0), alt.value(0.28)),
            tooltip=[
                alt.Tooltip("name:N", title="model"),
                alt.Tooltip("series:N", title="method"),
                alt.Tooltip("ratio_label:N", title="weights removed"),
                alt.Tooltip("column:N", title="corruption"),
                alt.Tooltip("accuracy:Q", title="accuracy", format=".1%"),
                alt.Tooltip("dense:Q", title="dense accuracy", format=".1%"),
                alt.Tooltip("rank:O", title="rank of the method here"),
                alt.Tooltip("samples:Q", title="images per severity"),
                alt.Tooltip("seeds:Q", title="seeds"),
            ],
        )
        .add_params(picked)
    )
    spread = (
        alt.Chart(bars.filter(pl.col("seeds") > 1))
        .mark_rule(opacity=0.8, strokeWidth=1)
        .encode(
            x=x,
            xOffset=offset,
            y=alt.Y("lowest_line:Q", scale=y_scale, axis=None),
            y2="highest_line:Q",
        )
    )
    line = (
        alt.Chart(dense.with_columns(line_top=pl.col("dense_line") + 0.012))
        .mark_bar(color=theme.DENSE, opacity=0.95)
        .encode(
            x=x,
            y=alt.Y("dense_line:Q", scale=y_scale, axis=None),
            y2="line_top:Q",
            tooltip=[
                alt.Tooltip("column:N", title="corruption"),
                alt.Tooltip("dense:Q", title="dense accuracy", format=".1%"),
            ],
        )
    )
    chart = alt.LayerChart(layer=[background, histogram, spread, line]).properties(
        height=chart_height(rows)
    )
    return theme.styled(chart)
