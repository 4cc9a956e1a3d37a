"""Accuracy of some samples against all of them (paper, figure 4 part 5)."""

from __future__ import annotations

import json

import altair as alt
import polars as pl

from core.display import theme
from core.display.evaluation.chart_axes import chart_height, corruption_axis, ratio_offset
from core.display.evaluation.frames import FULL


def difference_limit(rows: pl.DataFrame) -> float:
    """Where bars are cut, so that a few collapsed models don't flatten all others.

    A fraction, as `difference`: 1.2 times the 90th percentile of its size.
    """
    sizes = rows["difference"].abs()
    return max(0.01, 1.2 * float(sizes.quantile(0.9) or 0))


def difference_bars(rows: pl.DataFrame) -> alt.LayerChart:
    """Accuracy on the chosen samples minus accuracy on all, per corruption, method and ratio.

    Up and green is better than on all samples, down and red is worse (paper, figure 4 part
    5). A row per method, all on one scale, cut at `difference_limit`.

    Args:
        rows: as `differences` returns.
    """
    series = rows["series"].unique().sort().to_list()
    columns = rows.select("column", "position").unique().sort("position")["column"].to_list()
    limit = difference_limit(rows)
    place = {name: len(series) - 1 - i for i, name in enumerate(series)}
    placed = rows.with_columns(
        base=pl.col("series").replace_strict(place, return_dtype=pl.Float64) + 0.5
    ).with_columns(
        tip=pl.col("base") + (pl.col("difference") / limit).clip(-1, 1) * FULL / 2,
        points=100 * pl.col("difference"),
        direction=pl.when(pl.col("difference") >= 0)
        .then(pl.lit("better than on all samples"))
        .otherwise(pl.lit("worse")),
    )
    x = corruption_axis(columns)
    scale = alt.Scale(domain=[0, len(series)], nice=False)
    names = {f"{position + 0.5:g}": name for name, position in place.items()}
    y = alt.Y(
        "base:Q",
        scale=scale,
        title=None,
        axis=alt.Axis(
            values=[float(base) for base in names],
            labelExpr=f"{json.dumps(names)}[format(datum.value, '~g')]",
            labelLimit=150,
            grid=False,
            ticks=False,
        ),
    )
    ratios = rows.select("ratio", "ratio_label").unique().sort("ratio")["ratio_label"].to_list()
    bars = (
        alt.Chart(placed)
        .mark_bar()
        .encode(
            x=x,
            xOffset=ratio_offset(ratios),
            y=y,
            y2="tip:Q",
            color=alt.Color(
                "direction:N",
                scale=alt.Scale(
                    domain=["better than on all samples", "worse"],
                    range=[theme.HIGHER, theme.LOWER],
                ),
                legend=alt.Legend(title=None, orient="top", direction="horizontal"),
            ),
            opacity=alt.Opacity(
                "beyond_chance:N",
                scale=alt.Scale(domain=[True, False], range=[1.0, 0.32]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("name:N", title="model"),
                alt.Tooltip("series:N", title="method"),
                alt.Tooltip("ratio_label:N", title="weights removed"),
                alt.Tooltip("column:N", title="corruption"),
                alt.Tooltip("beyond_chance:N", title="more than chance"),
                alt.Tooltip("points:Q", title="difference (points)", format="+.1f"),
                alt.Tooltip("accuracy:Q", title="accuracy, chosen samples", format=".1%"),
                alt.Tooltip("overall:Q", title="accuracy, all samples", format=".1%"),
                alt.Tooltip("samples:Q", title="chosen samples"),
            ],
        )
    )
    zero = (
        alt.Chart(placed.select("base").unique())
        .mark_rule(color=theme.REFERENCE, opacity=0.7)
        .encode(y=y)
    )
    chart = alt.LayerChart(layer=[zero, bars]).properties(height=chart_height(len(series)))
    return theme.styled(chart)
