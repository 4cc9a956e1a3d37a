"""Accuracy over corruptions, methods and ratios in one look (paper 6.1, figure 4 part 1)."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme
from core.display.evaluation import FULL

ROW_HEIGHT = 84
# Legend and slanted column titles count in the height that Streamlit fits a chart into.
HEADER_HEIGHT = 118
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
    methods = bars.select("series", "method").unique().sort("series")
    colours = theme.method_colours(methods["method"])
    frames = bars.select("column", "base").unique().with_columns(top=pl.col("base") + FULL)
    dense = bars.filter(pl.col("dense").is_not_null()).unique(["column", "series"])
    picked = alt.selection_point(name=PICK, fields=["name"], empty=True)
    if selected is not None:
        picked = alt.selection_point(
            name=PICK, fields=["name"], empty=True, value=[{"name": selected}]
        )
    x = alt.X(
        "column:N",
        sort=columns["column"].to_list(),
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
    offset = alt.XOffset(
        "ratio_label:N",
        sort=bars.select("ratio", "ratio_label").unique().sort("ratio")["ratio_label"].to_list(),
        scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05),
    )
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
                scale=alt.Scale(
                    domain=methods["series"].to_list(),
                    range=[colours[method] for method in methods["method"]],
                ),
                legend=alt.Legend(title=None, orient="top", direction="horizontal", offset=4),
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
        height=ROW_HEIGHT * rows + HEADER_HEIGHT
    )
    return theme.styled(chart)


def accuracy_by_ratio(rows: pl.DataFrame) -> alt.LayerChart:
    """Mean accuracy by share of weights removed: clean solid, corrupted dashed.

    Args:
        rows: as `clean_and_corrupted` returns, with `series`; the dense model of each
            network starts every curve at ratio 0.
    """
    pruned = rows.filter(pl.col("method") != "dense")
    methods = pruned.select("series", "method").unique().sort("series")
    colours = theme.method_colours(methods["method"])
    dense = (
        rows.filter(pl.col("method") == "dense")
        .group_by("images", "network")
        .agg(pl.col("accuracy").mean())
    )
    points = pruned.group_by("series", "images", "network", "ratio").agg(
        pl.col("accuracy").mean(), name=pl.col("name").first(), seeds=pl.len()
    )
    starts = (
        points.select("series", "images", "network")
        .unique()
        .join(dense, on=["images", "network"])
        .with_columns(ratio=pl.lit(0.0), name=pl.lit("dense"), seeds=pl.lit(1, dtype=pl.UInt32))
        .select(points.columns)
    )
    data = pl.concat([points, starts]).sort("series", "images", "ratio")
    base = alt.Chart(data).encode(
        x=alt.X(
            "ratio:Q",
            title="share of weights removed",
            axis=alt.Axis(format="%", tickCount=6),
            scale=alt.Scale(domain=[0, 1], nice=False),
        ),
        y=alt.Y(
            "accuracy:Q",
            title="accuracy",
            axis=alt.Axis(format="%", tickCount=5),
            scale=alt.Scale(domain=[0, 1]),
        ),
        color=alt.Color(
            "series:N",
            scale=alt.Scale(
                domain=methods["series"].to_list(),
                range=[colours[method] for method in methods["method"]],
            ),
            legend=alt.Legend(title=None, orient="top", direction="horizontal"),
        ),
        tooltip=[
            alt.Tooltip("series:N", title="method"),
            alt.Tooltip("ratio:Q", title="weights removed", format=".1%"),
            alt.Tooltip("images:N", title="images"),
            alt.Tooltip("accuracy:Q", title="accuracy", format=".1%"),
            alt.Tooltip("name:N", title="model"),
        ],
    )
    dash = alt.StrokeDash(
        "images:N",
        scale=alt.Scale(domain=["clean", "corrupted"], range=[[1, 0], [4, 4]]),
        legend=alt.Legend(
            title=None,
            orient="top",
            direction="horizontal",
            symbolType="stroke",
            symbolStrokeColor=theme.REFERENCE,
            symbolStrokeWidth=2.2,
            symbolSize=300,
            labelExpr="datum.label == 'clean' ? 'clean images' : 'corrupted images (mean)'",
        ),
    )
    chart = alt.LayerChart(
        layer=[
            base.mark_line(strokeWidth=2.2, interpolate="monotone").encode(strokeDash=dash),
            base.mark_point(filled=True, size=36, opacity=1),
        ]
    ).properties(height=330)
    return theme.styled(chart)
