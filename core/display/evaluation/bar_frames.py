"""Accuracy by corruption and model, and its difference to all samples as bars."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from core.display import labels
from core.stats.intervals import Z_95

MEAN_SEVERITY = 0
# Height of a full bar in a row of height 1; the rest is air between rows.
FULL = 0.84
BETTER, WORSE = "better than on all samples", "worse"
_FLOATS = cs.float()
_OF_MODELS = (
    "name", "series", "network", "method", "ratio", "sparsity", "retrained", "seed",
)  # fmt: skip


def accuracy_by_condition(
    accuracy: pl.DataFrame,
    models: pl.DataFrame,
    conditions: pl.DataFrame,
    *,
    severity: int = MEAN_SEVERITY,
) -> pl.DataFrame:
    """Accuracy of every model under every condition of one severity, or of all.

    Args:
        accuracy: model_id, condition_id, correct, samples.
        models: the table `models`.
        conditions: the table `conditions`.
        severity: 1..5, or MEAN_SEVERITY; clean images belong to all.

    Returns:
        column (label of the corruption), category, position (order of columns), condition_id,
        model_id, name, series, network, method, ratio, sparsity, retrained, seed, correct,
        samples.
    """
    wanted = conditions.filter(
        pl.lit(severity == MEAN_SEVERITY) | pl.col("severity").is_in([0, severity])
    )
    order = (
        wanted.group_by("corruption")
        .agg(pl.col("condition_id").min(), pl.col("category").first())
        .sort("condition_id")
        .with_row_index("position")
        .drop("condition_id")
    )
    words = {name: labels.corruption_label(name) for name in order["corruption"]}
    return (
        accuracy.filter(pl.col("samples") > 0)
        .join(wanted.select("condition_id", "corruption"), on="condition_id")
        .join(order, on="corruption")
        .with_columns(column=pl.col("corruption").replace_strict(words, return_dtype=pl.String))
        .join(models.select("model_id", *_OF_MODELS), on="model_id")
        .select(
            "column", "category", "position", "condition_id", "model_id", *_OF_MODELS,
            "correct", "samples",
        )
        .sort("position", "series", "ratio", "seed", "model_id", "condition_id")
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
    rows = accuracy_by_condition(accuracy, models, conditions, severity=severity)
    return rows.group_by(
        "column", "category", "position", "model_id", *_OF_MODELS, maintain_order=True
    ).agg(
        accuracy=(pl.col("correct") / pl.col("samples")).mean(),
        samples=pl.col("samples").max(),
        severities=pl.len(),
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
    population = everything.select(*keys, overall="accuracy", population="samples")
    return (
        subset.join(population, on=keys)
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
            ratio_label=pl.col("ratio").map_elements(labels.ratio_label, return_dtype=pl.String),
            beyond_chance=pl.col("difference").abs() > Z_95 * _error_of_a_draw(),
        )
        .drop("population")
        .sort("position", "series", "ratio")
    )


def difference_limit(rows: pl.DataFrame) -> float:
    """Where bars are cut, so that a few degenerate models don't flatten all others.

    A fraction, as `difference`: 1.2 times the 90th percentile of its size.
    """
    sizes = rows["difference"].abs()
    return min(1.0, max(0.01, 1.2 * float(sizes.quantile(0.9) or 0)))


def difference_table(rows: pl.DataFrame) -> pl.DataFrame:
    """What the chart of the differences draws: a row a series, all on one scale.

    Args:
        rows: as `differences` returns.

    Returns:
        column, position, series, ratio, ratio_label, accuracy, overall, points (the
        difference in percentage points), samples, direction (better or worse, in words),
        more_than_chance (yes or no), base (the middle of the row: the first series is on
        top), tip (where the bar ends, cut at `difference_limit`).
    """
    share = (pl.col("difference") / difference_limit(rows)).clip(-1, 1)
    series = pl.col("series")
    base = series.n_unique().cast(pl.Float64) - series.rank("dense") + 0.5
    return rows.select(
        "column", "position", "series", "ratio", "ratio_label", "accuracy", "overall",
        "samples", points=100 * pl.col("difference"),
        direction=pl.when(pl.col("difference") >= 0).then(pl.lit(BETTER)).otherwise(pl.lit(WORSE)),
        more_than_chance=pl.when("beyond_chance").then(pl.lit("yes")).otherwise(pl.lit("no")),
        base=base, tip=base + share * FULL / 2,
    ).with_columns(_FLOATS.round(4))  # fmt: skip


def _error_of_a_draw() -> pl.Expr:
    """Standard error of the accuracy of `samples` out of `population`, drawn at random."""
    rate, drawn, population = pl.col("overall"), pl.col("samples"), pl.col("population")
    left_out = (population - drawn) / (population - 1).clip(1)
    return (rate * (1 - rate) / drawn * left_out).sqrt()
