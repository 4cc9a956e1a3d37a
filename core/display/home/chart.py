"""Accuracy by how much was removed: the figure that Home opens with."""

from __future__ import annotations

import altair as alt
import polars as pl

from core.display import theme


def accuracy_by_ratio(rows: pl.DataFrame) -> alt.LayerChart:
    """Mean accuracy by share of weights removed: clean solid, corrupted dashed.

    Args:
        rows: as `clean_and_corrupted` returns, with `series`; the dense model of each
            network starts every curve at ratio 0.
    """
    pruned = rows.filter(pl.col("method") != "dense")
    colours = theme.series_colours(
        pruned.select("series", "method", "retrained").unique().sort("series")
    )
    dense = (
        rows.filter((pl.col("method") == "dense") & ~pl.col("retrained"))
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
            scale=alt.Scale(domain=list(colours), range=list(colours.values())),
            legend=alt.Legend(title=None, orient="top", direction="horizontal", columns=5),
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
