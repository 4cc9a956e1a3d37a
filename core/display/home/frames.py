"""All rows of Home, and the one finding of a study that it opens with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from core.display import labels, theme
from core.display.default_models import TOLERATED_LOSS, most_pruned_unharmed
from core.display.model_series import with_series
from core.store.combination import Key
from core.store.queries.accuracy import accuracy
from core.store.queries.paired import PairedSamples, broken_samples
from core.store.study import Study

_SHOWN_SAMPLES = 14


@dataclass(frozen=True)
class Finding:
    """A pruned model that looks unharmed, and what it breaks.

    Attributes:
        title: of the finding.
        text: the same in a sentence or two, with intervals.
        curves: as `accuracy_curves` returns.
        colours: of each series in the curves.
        broken: as `broken_samples` returns, on clean images.
    """

    title: str
    text: str
    curves: pl.DataFrame
    colours: dict[str, str]
    broken: pl.DataFrame


@dataclass(frozen=True)
class HomeFrames:
    """What Home shows of a study.

    Attributes:
        accuracy: as `clean_and_corrupted` returns.
        finding: None without a pruned and a dense model on clean images.
    """

    accuracy: pl.DataFrame
    finding: Finding | None


def home_frames(study: Study) -> HomeFrames:
    """The page's rows: they follow from the study alone."""
    rows = clean_and_corrupted(study.run(accuracy), study.models, study.conditions)
    survivor = most_pruned_unharmed(study.models)
    if rows.is_empty() or survivor is None:
        return HomeFrames(rows, None)
    dense = (
        study.models.filter(pl.col("method") == "dense")
        .sort(pl.col("network") != survivor["network"], maintain_order=True)
        .row(0, named=True)
    )
    (clean, *_) = study.conditions.filter(pl.col("severity") == 0)["condition_id"]
    both = PairedSamples(Key(dense["model_id"], clean), Key(survivor["model_id"], clean))
    pruned = rows.filter(pl.col("method") != "dense")
    colours = theme.series_colours(pruned.sort("series"))
    title, text = headline_text(survivor, dense, rows)
    broken = study.run(broken_samples, both, limit=_SHOWN_SAMPLES)
    return HomeFrames(rows, Finding(title, text, accuracy_curves(rows), colours, broken))


def clean_and_corrupted(
    accuracy: pl.DataFrame, models: pl.DataFrame, conditions: pl.DataFrame
) -> pl.DataFrame:
    """Mean accuracy on clean and on corrupted images for every model.

    Args:
        accuracy: model_id, condition_id, correct, samples.
        models: the table `models`.
        conditions: the table `conditions`.

    Returns:
        model_id, name, series, network, method, ratio, sparsity, retrained, seed, images
        (`clean` or `corrupted`: the mean over all corrupted conditions), accuracy.
    """
    return (
        accuracy.join(conditions.select("condition_id", "severity"), on="condition_id")
        .with_columns(
            images=pl.when(severity=0).then(pl.lit("clean")).otherwise(pl.lit("corrupted")),
            accuracy=pl.col("correct") / pl.col("samples"),
        )
        .group_by("model_id", "images")
        .agg(pl.col("accuracy").mean())
        .join(
            with_series(models).select(
                "model_id", "name", "series", "network", "method", "ratio", "sparsity",
                "retrained", "seed",
            ),
            on="model_id",
        )
        .sort("model_id", "images")
    )  # fmt: skip


def accuracy_curves(rows: pl.DataFrame) -> pl.DataFrame:
    """Points of accuracy by target sparsity; the dense model starts every curve at 0.

    Args:
        rows: as `clean_and_corrupted` returns.

    Returns:
        series, images, ratio, accuracy (mean over seeds).
    """
    dense = (
        rows.filter((pl.col("method") == "dense") & ~pl.col("retrained"))
        .group_by("images", "network")
        .agg(pl.col("accuracy").mean())
    )
    points = (
        rows.filter(pl.col("method") != "dense")
        .group_by("series", "images", "network", "ratio", maintain_order=True)
        .agg(pl.col("accuracy").mean())
    )
    starts = (
        points.select("series", "images", "network")
        .unique()
        .join(dense, on=["images", "network"])
        .with_columns(ratio=pl.lit(0.0))
    )
    return (
        pl.concat([points, starts.select(points.columns)])
        .select("series", "images", "ratio", pl.col("accuracy").round(4))
        .sort("series", "images", "ratio")
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
    pruning = f"**{labels.method_label(survivor['method']).lower()}** pruning"
    if survivor["retrained"]:
        pruning += f" and {labels.count(survivor['retrain_epochs'], 'epoch')} of retraining"
    text = (
        f"At **{labels.percent(survivor['sparsity'], digits=0)}** sparsity, by {pruning}, "
        f"{labels.escaped(survivor['network'])} gets **{_rate(survivor)}** of the clean images "
        f"right; the dense network got {_rate(dense)}."
    )
    corrupted = rows.filter(pl.col("images") == "corrupted").select("model_id", "accuracy")
    mean = dict(corrupted.iter_rows())
    pruned_mean, dense_mean = (mean.get(model["model_id"]) for model in (survivor, dense))
    if pruned_mean is not None and dense_mean is not None:
        text += (
            f" Over all corrupted images it is {labels.percent(pruned_mean)} "
            f"against {labels.percent(dense_mean)}."
        )
    return title, text


def _rate(model: dict[str, Any]) -> str:
    correct, samples = model["clean_correct"], model["clean_samples"]
    interval = labels.interval_words(correct, samples)
    return f"{labels.percent(correct / samples)} (95 % interval {interval})"
