"""From accuracies to the evaluation table's bars: who ranks where on which corruption."""

from __future__ import annotations

import polars as pl

from core.display import labels
from core.stats.intervals import Z_95

MEAN_SEVERITY = 0
# Height of a full bar (accuracy 1) in a row of height 1; the rest is air between rows.
FULL = 0.84


def with_series(models: pl.DataFrame) -> pl.DataFrame:
    """Models with `series`: the name of the group whose members differ in ratio and seed.

    It is the method, and what else tells methods apart in this study: the network,
    retraining, scope.
    """
    pruned = models.filter(pl.col("method") != "dense")
    many_networks = models["network"].n_unique() > 1
    many_scopes = pruned["scope"].n_unique() > 1
    names = []
    for row in models.iter_rows(named=True):
        name = labels.method_label(row["method"])
        if row["retrained"]:
            name += ", retrained"
        if many_scopes and row["scope"]:
            name += f", {row['scope']}"
        if many_networks:
            name = f"{row['network']}: {name}"
        names.append(name)
    return models.with_columns(series=pl.Series(names, dtype=pl.String))


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
        (pl.col("severity") == 0)
        | (pl.lit(severity == MEAN_SEVERITY) | (pl.col("severity") == severity))
    )
    order = (
        wanted.group_by("corruption")
        .agg(pl.col("condition_id").min(), pl.col("category").first())
        .sort("condition_id")
        .with_row_index("position")
        .with_columns(
            column=pl.col("corruption").map_elements(
                labels.corruption_label, return_dtype=pl.String
            )
        )
        .drop("condition_id")
    )
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
        .join(
            with_series(models).select(
                "model_id",
                "name",
                "series",
                "network",
                "method",
                "ratio",
                "sparsity",
                "retrained",
                "seed",
            ),
            on="model_id",
        )
        .select(
            "column",
            "category",
            "position",
            "model_id",
            "name",
            "series",
            "network",
            "method",
            "ratio",
            "sparsity",
            "retrained",
            "seed",
            "accuracy",
            "samples",
            "severities",
        )
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
            ratio_label=_ratio_labels(),
            top=pl.col("base") + FULL * pl.col("accuracy"),
            dense_line=pl.col("base") + FULL * pl.col("dense"),
            lowest_line=pl.col("base") + FULL * pl.col("lowest"),
            highest_line=pl.col("base") + FULL * pl.col("highest"),
        )
        .sort("position", "rank", "ratio")
    )


def differences(subset: pl.DataFrame, everything: pl.DataFrame) -> pl.DataFrame:
    """How much better or worse each group of models does on some samples than on all.

    Args:
        subset: as `accuracy_by_corruption` returns, over the chosen samples.
        everything: the same over all samples.

    Returns:
        column, category, position, series, method, ratio, ratio_label, name, accuracy (of
        the subset, mean over seeds), overall, difference (accuracy minus overall),
        samples (in the subset), seeds, beyond_chance; the dense models are a series of
        their own. A difference is beyond chance where as many samples drawn at random
        without replacement would differ less in 95 % of draws (normal approximation;
        severities and seeds see the same images, so that they don't count as more samples).
    """
    keys = ["column", "model_id"]
    return (
        subset.join(
            everything.select(*keys, overall=pl.col("accuracy"), population=pl.col("samples")),
            on=keys,
        )
        .group_by("column", "category", "position", "series", "method", "ratio")
        .agg(
            name=pl.col("name").sort_by("seed", "model_id").first(),
            accuracy=pl.col("accuracy").mean(),
            overall=pl.col("overall").mean(),
            difference=(pl.col("accuracy") - pl.col("overall")).mean(),
            samples=pl.col("samples").max(),
            population=pl.col("population").max(),
            seeds=pl.len(),
        )
        .with_columns(
            ratio_label=_ratio_labels(),
            beyond_chance=pl.col("difference").abs() > Z_95 * _error_of_a_draw(),
        )
        .drop("population")
        .sort("position", "series", "ratio")
    )


def _error_of_a_draw() -> pl.Expr:
    """Standard error of the accuracy of `samples` out of `population`, drawn at random."""
    rate, drawn, population = pl.col("overall"), pl.col("samples"), pl.col("population")
    left_out = (population - drawn) / (population - 1).clip(1)
    return (rate * (1 - rate) / drawn * left_out).sqrt()


def _ratio_labels() -> pl.Expr:
    return pl.col("ratio").map_elements(
        lambda ratio: labels.percent(ratio, digits=0 if labels.is_whole(ratio) else 1),
        return_dtype=pl.String,
    )
