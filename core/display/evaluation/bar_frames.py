"""Accuracy by corruption and model."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from core.display import labels
from core.display.severity import MEAN_SEVERITY, of_severity

# Height of a full bar in a row of height 1; the rest is air between rows.
FULL = 0.84
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
    wanted = conditions.filter(of_severity(severity))
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
