"""Which two models a page compares before anyone has chosen."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.store.study import Study

TOLERATED_LOSS = 0.05


def most_pruned_unharmed(models: pl.DataFrame) -> dict[str, Any] | None:
    """The most pruned model that looks unharmed: within 5 points of dense on clean images.

    Where none is, the most accurate pruned one; None without pruned models or without a
    dense model and clean images.

    Args:
        models: method, sparsity, clean_correct, clean_samples, name.
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
    if unharmed.is_empty():
        return pruned.sort("accuracy", "name", descending=[True, False]).row(0, named=True)
    ranked = unharmed.sort("sparsity", "accuracy", "name", descending=[True, True, False])
    return ranked.row(0, named=True)


def default_combination_models(study: Study) -> tuple[str, str]:
    """Names of the reference and compared models: a dense one, and the most pruned unharmed one."""
    dense = study.models.filter(pl.col("method") == "dense")
    reference = str((dense if dense.height else study.models)["name"][0])
    unharmed = most_pruned_unharmed(study.models)
    return reference, unharmed["name"] if unharmed else reference
