"""The one finding of a study that Home opens with."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.display import labels
from core.display.default_models import TOLERATED_LOSS
from core.stats.intervals import wilson_interval


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


def headline_text(
    survivor: dict[str, Any], dense: dict[str, Any], rows: pl.DataFrame
) -> tuple[str, str]:
    """A title and the finding in a sentence or two, with intervals.

    Args:
        survivor: row of the table `models`, as `most_pruned_unharmed` returns.
        dense: row of the dense model.
        rows: as `clean_and_corrupted` returns.
    """
    lost = (
        dense["clean_correct"] / dense["clean_samples"]
        - survivor["clean_correct"] / survivor["clean_samples"]
    )
    title = (
        "Nearly as accurate, not the same model" if lost <= TOLERATED_LOSS else "What pruning costs"
    )
    retrained = (
        f" and {labels.count(survivor['retrain_epochs'], 'epoch')} of retraining"
        if survivor["retrained"]
        else ""
    )
    text = (
        f"With **{labels.percent(survivor['sparsity'], digits=0)}** of its weights removed by "
        f"**{labels.method_label(survivor['method']).lower()}** pruning{retrained}, "
        f"{labels.escaped(survivor['network'])} gets **{_rate(survivor)}** of the clean images "
        f"right; the dense network got {_rate(dense)}."
    )
    mean = {
        row["model_id"]: row["accuracy"]
        for row in rows.filter(pl.col("images") == "corrupted").iter_rows(named=True)
    }
    if survivor["model_id"] in mean and dense["model_id"] in mean:
        text += (
            f" Over all corrupted images it is {labels.percent(mean[survivor['model_id']])} "
            f"against {labels.percent(mean[dense['model_id']])}."
        )
    return title, text


def _rate(model: dict[str, Any]) -> str:
    correct, samples = model["clean_correct"], model["clean_samples"]
    low, high = wilson_interval(correct, samples)
    return (
        f"{labels.percent(correct / samples)} "
        f"(95 % interval {labels.percent(low)} to {labels.percent(high)})"
    )
