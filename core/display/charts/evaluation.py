"""Accuracy over corruptions, methods and ratios in one look (paper 6.1, figure 4 part 1)."""

from __future__ import annotations

import json

import altair as alt
import polars as pl

from core.display import theme
from core.display.evaluation import FULL

# Legend and slanted column titles count in the height that Streamlit fits a chart into.
HEADER_HEIGHT = 118
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
    x = _columns(columns["column"].to_list())
    ratios = bars.select("ratio", "ratio_label").unique().sort("ratio")["ratio_label"].to_list()
    offset = _ratios(ratios)
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
        height=_height(rows)
    )
    return theme.styled(chart)


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
    x = _columns(columns)
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
            xOffset=_ratios(ratios),
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
            tooltip=[
                alt.Tooltip("name:N", title="model"),
                alt.Tooltip("series:N", title="method"),
                alt.Tooltip("ratio_label:N", title="weights removed"),
                alt.Tooltip("column:N", title="corruption"),
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
    chart = alt.LayerChart(layer=[zero, bars]).properties(height=_height(len(series)))
    return theme.styled(chart)


def _height(rows: int) -> int:
    return rows * (84 if rows <= 4 else 62) + HEADER_HEIGHT


def _columns(columns: list[str]) -> alt.X:
    return alt.X(
        "column:N",
        sort=columns,
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


def _ratios(ratio_labels: list[str]) -> alt.XOffset:
    return alt.XOffset(
        "ratio_label:N",
        sort=ratio_labels,
        scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05),
    )
