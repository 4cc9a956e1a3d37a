"""The one finding of a study that Home opens with."""

from __future__ import annotations

from typing import Any

import polars as pl

TOLERATED_LOSS = 0.05


def surviving_model(models: pl.DataFrame) -> dict[str, Any] | None:
    """The most pruned model that looks unharmed: within 5 points of dense on clean images.

    Where none is, the most accurate pruned one; None without pruned models or without a
    dense model and clean images.

    Args:
        models: method, sparsity, collapsed, clean_correct, clean_samples, name.
    """
    rated = models.filter(pl.col("clean_samples") > 0).with_columns(
        accuracy=pl.col("clean_correct") / pl.col("clean_samples")
    )
    dense = rated.filter(pl.col("method") == "dense")
    pruned = rated.filter(pl.col("method") != "dense")
    if dense.is_empty() or pruned.is_empty():
        return None
    best_dense = dense.sort("accuracy", descending=True)["accuracy"][0]
    unharmed = pruned.filter(pl.col("accuracy") >= best_dense - TOLERATED_LOSS)
    if unharmed.height:
        return unharmed.sort("sparsity", "accuracy", "name", descending=[True, True, False]).row(
            0, named=True
        )
    return pruned.sort("accuracy", "name", descending=[True, False]).row(0, named=True)


def clean_and_corrupted(
    accuracy: pl.DataFrame, models: pl.DataFrame, conditions: pl.DataFrame
) -> pl.DataFrame:
    """Mean accuracy on clean and on corrupted images for every model.

    Args:
        accuracy: model_id, condition_id, correct, samples.
        models: the table `models`.
        conditions: the table `conditions`.

    Returns:
        model_id, name, network, method, ratio, sparsity, retrained, seed, images
        (`clean` or `corrupted`: the mean over all corrupted conditions), accuracy.
    """
    return (
        accuracy.join(conditions.select("condition_id", "severity"), on="condition_id")
        .with_columns(
            images=pl.when(pl.col("severity") == 0)
            .then(pl.lit("clean"))
            .otherwise(pl.lit("corrupted")),
            accuracy=pl.col("correct") / pl.col("samples"),
        )
        .group_by("model_id", "images")
        .agg(pl.col("accuracy").mean())
        .join(
            models.select(
                "model_id", "name", "network", "method", "ratio", "sparsity", "retrained", "seed"
            ),
            on="model_id",
        )
        .sort("model_id", "images")
    )
