"""Bars of accuracy by corruption, method and sparsity."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from core.display import labels
from core.display.model_series import with_series

MEAN_SEVERITY = 0
# Height of a full bar (accuracy 1) in a row of height 1; the rest is air between rows.
FULL = 0.84
_LINE = 0.012
_COUNTS = ("accuracy", "samples", "severities")
_FLOATS = cs.float()
_OF_MODELS = (
    "name", "series", "network", "method", "ratio", "sparsity", "retrained", "seed",
)  # fmt: skip


def accuracy_by_corruption(
    accuracy: pl.DataFrame,
    models: pl.DataFrame,
    conditions: pl.DataFrame,
    *,
    severity: int = MEAN_SEVERITY,
) -> pl.DataFrame:
    """Accuracy of every model on every corruption, the mean of its severities or one of them.

    Args:
        accuracy: model_id, condition_id, correct, samples.
        models: the table `models`.
        conditions: the table `conditions`.
        severity: 1..5, or MEAN_SEVERITY; clean images belong to all.

    Returns:
        column (label of the corruption), category, position (order of columns), model_id,
        name, series, network, method, ratio, sparsity, retrained, seed, accuracy, samples
        (images behind one accuracy), severities (how many were averaged).
    """
    wanted = conditions.filter(
        pl.lit(severity == MEAN_SEVERITY) | pl.col("severity").is_in([0, severity])
    )
    order = (
        wanted.group_by("corruption")
        .agg(pl.col("condition_id").min(), pl.col("category").first())
        .sort("condition_id")
        .with_row_index("position")
    )
    words = {name: labels.corruption_label(name) for name in order["corruption"]}
    return (
        accuracy.filter(pl.col("samples") > 0)
        .join(wanted.select("condition_id", "corruption"), on="condition_id")
        .group_by("model_id", "corruption")
        .agg(
            accuracy=(pl.col("correct") / pl.col("samples")).mean(),
            samples=pl.col("samples").max(),
            severities=pl.len(),
        )
        .join(order, on="corruption")
        .with_columns(column=pl.col("corruption").replace_strict(words, return_dtype=pl.String))
        .join(with_series(models).select("model_id", *_OF_MODELS), on="model_id")
        .select("column", "category", "position", "model_id", *_OF_MODELS, *_COUNTS)
        .sort("position", "series", "ratio", "seed", "model_id")
    )


def ranked_bars(by_corruption: pl.DataFrame) -> pl.DataFrame:
    """Bars of the evaluation table: per column, series stand by rank, the best on top.

    Models that differ only in the seed share a bar: their mean, with their spread.

    Args:
        by_corruption: as `accuracy_by_corruption` returns.

    Returns:
        One row per column, series and ratio: column, category, position, series, method,
        network, ratio, ratio_label, name (of the first seed's model), accuracy (mean over
        seeds), lowest, highest, seeds, dense (accuracy of the network's dense models, NULL
        without), samples, rank (1 is best), base (bottom of the row), top, dense_line,
        lowest_line, highest_line (heights on the chart).
    """
    dense = (
        by_corruption.filter((pl.col("method") == "dense") & ~pl.col("retrained"))
        .group_by("column", "network")
        .agg(dense=pl.col("accuracy").mean())
    )
    bars = (
        by_corruption.filter(pl.col("method") != "dense")
        .group_by(
            "column", "category", "position", "series", "method", "retrained", "network", "ratio"
        )
        .agg(
            name=pl.col("name").sort_by("seed", "model_id").first(),
            accuracy=pl.col("accuracy").mean(),
            lowest=pl.col("accuracy").min(),
            highest=pl.col("accuracy").max(),
            seeds=pl.len(),
            sparsity=pl.col("sparsity").mean(),
            samples=pl.col("samples").max(),
        )
        .join(dense, on=["column", "network"], how="left")
    )
    ranks = (
        bars.group_by("position", "series")
        .agg(best=pl.col("accuracy").max(), mean=pl.col("accuracy").mean())
        .sort("position", "best", "mean", "series", descending=[False, True, True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("position"))
    )
    rows = bars["series"].n_unique()
    return (
        bars.join(ranks.select("position", "series", "rank"), on=["position", "series"])
        .with_columns(base=(rows - pl.col("rank")).cast(pl.Float64))
        .with_columns(
            ratio_label=pl.col("ratio").map_elements(labels.ratio_label, return_dtype=pl.String),
            top=pl.col("base") + FULL * pl.col("accuracy"),
            dense_line=pl.col("base") + FULL * pl.col("dense"),
            lowest_line=pl.col("base") + FULL * pl.col("lowest"),
            highest_line=pl.col("base") + FULL * pl.col("highest"),
        )
        .sort("position", "rank", "ratio")
    )


def histogram_tables(bars: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the chart of the histograms draws.

    Args:
        bars: as `ranked_bars` returns.

    Returns:
        `bars`; `frames`: 0 to 100 % behind each histogram (column, position, base, top);
        `dense`: a line a histogram (column, position, dense, dense_line, line_top).
    """
    place = ("column", "position")
    dense = bars.filter(pl.col("dense").is_not_null()).unique(
        ["column", "series"], maintain_order=True
    )
    tables = {
        "bars": bars.select(
            *place, "name", "series", "ratio", "ratio_label", "accuracy", "dense", "rank",
            "samples", "seeds", "base", "top", "lowest_line", "highest_line",
        ),
        "frames": bars.select(*place, "base")
        .unique(maintain_order=True)
        .with_columns(top=pl.col("base") + FULL),
        "dense": dense.select(
            *place, "dense", "dense_line", line_top=pl.col("dense_line") + _LINE
        ),
    }  # fmt: skip
    return {name: table.with_columns(_FLOATS.round(4)) for name, table in tables.items()}
