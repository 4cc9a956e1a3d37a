"""All rows of Home."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import theme
from core.display.home.headline import Search, search_headline
from core.store.queries.accuracy import accuracy
from core.store.queries.paired import PairedSamples, broken_samples
from core.store.study import Study

_SHOWN_SAMPLES = 14


@dataclass(frozen=True)
class HomeFrames:
    """What Home shows of a study.

    Attributes:
        accuracy: as `clean_and_corrupted` returns.
        curves: as `accuracy_curves` returns.
        colours: of each series in the curves.
        search: the two models to open with, or how many were searched in vain.
        broken: of the headline, as `broken_samples` returns; empty without one.
    """

    accuracy: pl.DataFrame
    curves: pl.DataFrame
    colours: dict[str, str]
    search: Search
    broken: pl.DataFrame


def home_frames(study: Study) -> HomeFrames:
    """The page's rows: they follow from the study alone."""
    rows = clean_and_corrupted(study.run(accuracy), study.models, study.conditions)
    curves = accuracy_curves(rows)
    search = search_headline(study)
    broken = pl.DataFrame()
    if search.headline is not None:
        better, worse = map(study.key, search.headline.combinations)
        broken = study.run(broken_samples, PairedSamples(better, worse), limit=_SHOWN_SAMPLES)
    colours = {
        name: colour
        for name, colour in theme.series_colours(study.models).items()
        if name in curves["series"]
    }
    return HomeFrames(rows, curves, colours, search, broken)


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
            models.select(
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
