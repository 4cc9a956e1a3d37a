"""Which two models a page compares before anyone has chosen."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.display.dense_models import with_dense
from core.store.study import Study

TOLERATED_LOSS = 0.05


def with_loss(models: pl.DataFrame) -> pl.DataFrame:
    """Models with what each lost on clean images against the dense model it was made from.

    Args:
        models: as `with_dense` takes them, with clean_correct and clean_samples.

    Returns:
        The models with dense_id, accuracy (on clean images), loss (a fraction), and unharmed (at
        most 5 points lost); NULL or False where it can't be known.
    """
    samples = pl.when(pl.col("clean_samples") > 0).then("clean_samples")
    rated = with_dense(models).with_columns(accuracy=pl.col("clean_correct") / samples)
    dense = rated.select(dense_id="model_id", of_dense="accuracy")
    return (
        rated.join(dense, on="dense_id", how="left", maintain_order="left")
        .with_columns(loss=pl.col("of_dense") - pl.col("accuracy"))
        .with_columns(unharmed=(pl.col("loss") <= TOLERATED_LOSS).fill_null(value=False))
        .drop("of_dense")
    )


def most_pruned_unharmed(models: pl.DataFrame, dense: dict[str, Any]) -> dict[str, Any] | None:
    """The most pruned model of a dense one that looks unharmed: within 5 points on clean images.

    Where none is, the most accurate pruned one. Models made from the dense one itself come
    before others of its network, degenerate ones don't count; None without any.

    Args:
        models: as in `with_loss`, and sparsity, degenerate.
        dense: row of the dense model.
    """
    pruned = with_loss(models).filter(
        pl.col("method") != "dense",
        pl.col("network") == dense["network"],
        pl.col("loss").is_not_null(),
        ~pl.col("degenerate").fill_null(False),
    )
    children = pruned.filter(pl.col("parent") == dense["name"])
    candidates = children if children.height else pruned
    if candidates.is_empty():
        return None
    unharmed = candidates.filter("unharmed")
    if unharmed.is_empty():
        return candidates.sort("accuracy", "name", descending=[True, False]).row(0, named=True)
    ranked = unharmed.sort("sparsity", "accuracy", "name", descending=[True, True, False])
    return ranked.row(0, named=True)


def default_combination_models(study: Study) -> tuple[str, str]:
    """Names of the reference and compared models: a dense one, and its most pruned unharmed one."""
    dense = study.models.filter(pl.col("method") == "dense")
    reference = (dense if dense.height else study.models).row(0, named=True)
    unharmed = most_pruned_unharmed(study.models, reference)
    return str(reference["name"]), str((unharmed or reference)["name"])
