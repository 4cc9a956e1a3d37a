"""Histograms of accuracy by target sparsity: one per series and corruption, by rank."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from core.display import labels
from core.display.evaluation.bar_frames import FULL

MOST_COLUMNS = 10
"""In one panel; more corruptions stand in two panels, one above the other."""
HEADER = 1.25
"""Height of titles and sparsity scale between two panels, in rows."""
_LINE = 0.012
_STRIPES = 0.09
_WIDTH_OF_COLUMNS = 800
_WIDTH_OF_A_LABEL = 26
_PLACE = ("slot", "column")


def mean_bars(
    by_condition: pl.DataFrame, predictions: pl.DataFrame, precision: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Bars of the histograms: models of one series and ratio share one, their mean over seeds.

    A bar is degenerate where, on average over what it is the mean of, one class takes more of the
    predictions than `degenerate_above`.

    Args:
        by_condition: as `accuracy_by_condition` returns.
        predictions: model_id, condition_id, share, degenerate_above.
        precision: model_id, condition_id, precision of the class that the samples are of (NULL
            where it is never predicted); None without such a class.

    Returns:
        One row per column, series and ratio, pruned models only: column, category, position,
        series, method, retrained, network, ratio, name (of the first seed's model), accuracy
        (mean over severities, then seeds), lowest, highest, seeds, samples, precision, share,
        degenerate, dense (accuracy of the network's dense models, NULL without).
    """
    rows = by_condition.join(predictions, on=["model_id", "condition_id"], how="left")
    if precision is None:
        rows = rows.with_columns(precision=pl.lit(None, pl.Float64))
    else:
        rows = rows.join(precision, on=["model_id", "condition_id"], how="left")
    by_model = rows.group_by(
        "column", "category", "position", "series", "method", "retrained", "network", "ratio",
        "model_id", "name", "seed", maintain_order=True,
    ).agg(
        accuracy=(pl.col("correct") / pl.col("samples")).mean(),
        samples=pl.col("samples").max(),
        precision=pl.col("precision").mean(),
        share=pl.col("share").mean(),
        degenerate_above=pl.col("degenerate_above").max(),
    )  # fmt: skip
    dense = (
        by_model.filter((pl.col("method") == "dense") & ~pl.col("retrained"))
        .group_by("column", "network")
        .agg(dense=pl.col("accuracy").mean())
    )
    return (
        by_model.filter(pl.col("method") != "dense")
        .group_by(
            "column", "category", "position", "series", "method", "retrained", "network", "ratio"
        )
        .agg(
            name=pl.col("name").sort_by("seed", "model_id").first(),
            accuracy=pl.col("accuracy").mean(),
            lowest=pl.col("accuracy").min(),
            highest=pl.col("accuracy").max(),
            seeds=pl.len(),
            samples=pl.col("samples").max(),
            precision=pl.col("precision").mean(),
            share=pl.col("share").mean(),
            degenerate=(pl.col("share").mean() > pl.col("degenerate_above").max()).fill_null(False),
        )
        .join(dense, on=["column", "network"], how="left")
        .sort("position", "series", "ratio")
    )


def panels(bars: pl.DataFrame) -> pl.DataFrame:
    """Where each column stands: column, panel (0 on top), slot (0-based, in the panel).

    Two panels part between two categories, as near to the middle as can be.

    Args:
        bars: column, category, position.
    """
    columns = bars.select("column", "category", "position").unique().sort("position")
    if columns.height <= MOST_COLUMNS:
        first = columns.height
    else:
        categories = columns["category"].to_list()
        ends = [i for i in range(1, len(categories)) if categories[i] != categories[i - 1]]
        first = min(ends or [columns.height // 2], key=lambda end: abs(2 * end - columns.height))
    index = pl.int_range(pl.len())
    return columns.with_columns(panel=(index >= first).cast(pl.Int64)).select(
        "column", "panel", slot=index - first * pl.col("panel")
    )


def placed_bars(bars: pl.DataFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    """The bars in their panel and row: per column, series stand by rank, the best on top.

    Args:
        bars: as `mean_bars` returns.
        ranks: column, series, rank, low, high, by falling accuracy in each column; series
            without a sound model have no row, and stand last.

    Returns:
        The bars with panel, slot, ratio_label, rank (NULL without a sound model), best (the bar
        that the rank is about), low and high (its interval), and heights on the chart: base,
        top, dense_line, lowest_line, highest_line, low_line, high_line, precision_line.
    """
    order = ranks.with_columns(place=pl.int_range(pl.len()).over("column"))
    series = (
        bars.group_by("column", "series")
        .agg(mean=pl.col("accuracy").mean())
        .join(order, on=["column", "series"], how="left")
        .sort("place", "mean", "series", descending=[False, True, False], nulls_last=True)
        .with_columns(row=pl.int_range(pl.len()).over("column"))
        .drop("mean", "place")
    )
    rows = bars["series"].n_unique()
    where = panels(bars)
    bottom = where["panel"].n_unique() - 1 - pl.col("panel")
    sound = pl.col("accuracy").filter(~pl.col("degenerate")).max().over("column", "series")
    first = pl.col("accuracy").cum_count().over("column", "series", "accuracy") == 1
    placed = (
        bars.join(series, on=["column", "series"])
        .join(where, on="column")
        .sort("position", "row", "ratio")
        .with_columns(
            ratio_label=pl.col("ratio").map_elements(labels.ratio_label, return_dtype=pl.String),
            base=bottom * (rows + HEADER) + rows - 1 - pl.col("row"),
            best=~pl.col("degenerate") & (pl.col("accuracy") == sound) & first,
        )
        .with_columns(pl.when("best").then(pl.col("low", "high")))
    )
    return placed.with_columns(
        _height(name).alias(line)
        for line, name in (
            ("top", "accuracy"), ("dense_line", "dense"), ("lowest_line", "lowest"),
            ("highest_line", "highest"), ("low_line", "low"), ("high_line", "high"),
            ("precision_line", "precision"),
        )
    )  # fmt: skip


def _height(name: str) -> pl.Expr:
    return pl.col("base") + FULL * pl.col(name)


def histogram_tables(placed: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the chart of the histograms draws.

    Args:
        placed: as `placed_bars` returns.

    Returns:
        `bars` (with fill: opacity of the inside, and range: 95 % interval or range over seeds in
        words); `stripes`: the hatching of degenerate bars; `dense`: a line a histogram; `titles`:
        of the columns; `scale`: target sparsities under them; `ties`: brackets around series
        that share a rank.
    """
    bars = placed.with_columns(
        fill=pl.when("degenerate").then(0.12).otherwise(1.0),
        range_low=pl.coalesce("low_line", pl.when(pl.col("seeds") > 1).then("lowest_line")),
        range_high=pl.coalesce("high_line", pl.when(pl.col("seeds") > 1).then("highest_line")),
        range=_range_words(),
        state=pl.when("degenerate")
        .then(pl.format("degenerate: one class takes {} % of predictions", _points("share")))
        .otherwise(pl.lit("no")),
        rank_words=pl.col("rank").cast(pl.String).fill_null("none"),
        full=pl.col("base") + FULL,
    )
    dense = bars.filter(pl.col("dense").is_not_null()).unique(
        ["column", "series"], maintain_order=True
    )
    tables = {
        "bars": bars.select(
            *_PLACE, "name", "series", "ratio", "ratio_label", "accuracy", "dense", "rank_words",
            "samples", "seeds", "base", "top", "full", "fill", "state", "range", "range_low",
            "range_high", "precision", "precision_line", best=pl.col("best").cast(pl.Int8),
        ),
        "stripes": _stripes(bars),
        "dense": dense.select(
            *_PLACE, "dense", "dense_line", line_top=pl.col("dense_line") + _LINE
        ),
        "titles": bars.group_by(*_PLACE, maintain_order=True)
        .agg(pl.col("full").max())
        .with_columns(title=_two_lines("column")),
        "scale": _scale(bars),
        "ties": _ties(bars),
    }  # fmt: skip
    return {name: table.with_columns(cs.float().round(4)) for name, table in tables.items()}


def _two_lines(name: str) -> pl.Expr:
    """Words on two lines, the first one empty where there is one word."""
    words = pl.col(name)
    broken = words.str.replace(" ", "\n", literal=True)
    return pl.when(words.str.contains(" ", literal=True)).then(broken).otherwise("\n" + words)


def _points(name: str) -> pl.Expr:
    return (100 * pl.col(name)).round(1).cast(pl.String)


def _range_words() -> pl.Expr:
    interval = pl.format("{} to {} % (95 % interval)", _points("low"), _points("high"))
    seeds = pl.format("{} to {} % over {} seeds", _points("lowest"), _points("highest"), "seeds")
    several = pl.when(pl.col("seeds") > 1).then(seeds).otherwise(pl.lit("–"))
    return pl.coalesce(interval, several)


def _stripes(bars: pl.DataFrame) -> pl.DataFrame:
    count = ((pl.col("top") - pl.col("base")) / _STRIPES).floor().cast(pl.Int64) + 1
    return (
        bars.filter("degenerate")
        .select(
            "slot", "series", "ratio", "ratio_label", "name",
            pl.col("base") + pl.int_ranges(0, count) * _STRIPES,
        )
        .explode("base")
        .with_columns(top=pl.col("base") + 2 * _LINE)
    )  # fmt: skip


def _scale(bars: pl.DataFrame) -> pl.DataFrame:
    """The lowest and the highest target sparsity of each column, and as many between as fit."""
    slots = bars["slot"].n_unique()
    most = max(2, _WIDTH_OF_COLUMNS // max(slots, 1) // _WIDTH_OF_A_LABEL)
    found = (
        bars.group_by(*_PLACE, "ratio", "ratio_label")
        .agg(base=pl.col("base").min())
        .with_columns(base=pl.col("base").min().over("column"))
        .sort("slot", "ratio")
        .with_columns(i=pl.int_range(pl.len()).over("column"), n=pl.len().over("column"))
    )
    step = ((pl.col("n") - 1) / (most - 1)).ceil().clip(1).cast(pl.Int64)
    shown = (
        ((pl.col("i") % step == 0) & (pl.col("i") + step <= pl.col("n") - 1))
        | (pl.col("i") == pl.col("n") - 1)
        | (pl.col("i") == 0)
    )
    return found.filter(shown).select(
        "slot", "ratio", "ratio_label", "base",
        words=pl.col("ratio_label").str.replace("\u00a0%", "", literal=True),
    )  # fmt: skip


def _ties(bars: pl.DataFrame) -> pl.DataFrame:
    return (
        bars.filter(pl.col("rank").is_not_null())
        .group_by(*_PLACE, "rank", maintain_order=True)
        .agg(
            base=pl.col("base").min(),
            top=pl.col("full").max() - 0.06,
            series=pl.col("series").n_unique(),
        )
        .filter(pl.col("series") > 1)
        .select(*_PLACE, "rank", "series", "base", "top")
    )
