"""All rows of Home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from core.display import theme
from core.display.home.answers_frames import Answers, answers
from core.display.home.headline import Search, search_headline
from core.display.state.context import study_labels
from core.store.queries.accuracy import accuracy
from core.store.queries.paired import PairedSamples, broken_samples
from core.store.study import Study

_SHOWN_SAMPLES = 6


@dataclass(frozen=True)
class HomeFrames:
    """What Home shows of a study.

    Attributes:
        accuracy: as `clean_and_corrupted` returns.
        curves: as `accuracy_curves` returns.
        colours: of each series.
        search: the two models to open with, or how many were searched in vain.
        broken: of the headline, as `broken_samples` returns; empty without one.
        answers: of the headline: where the images lie under both; None without one.
        models: as `model_rows` returns.
    """

    accuracy: pl.DataFrame
    curves: pl.DataFrame
    colours: dict[str, str]
    search: Search
    broken: pl.DataFrame
    answers: Answers | None
    models: pl.DataFrame

    @property
    def curve_colours(self) -> dict[str, str]:
        """Of the series that have a curve."""
        return {name: one for name, one in self.colours.items() if name in self.curves["series"]}

    @property
    def fewest(self) -> float:
        """The least fraction of weights that remains in a model, at least 1 in 10,000."""
        least = self.models["remaining"].min()
        return max(1e-4, 0.5 if least is None else float(least))  # type: ignore[arg-type]


def home_frames(study: Study) -> HomeFrames:
    """The page's rows: they follow from the study alone."""
    rows = clean_and_corrupted(study.run(accuracy), study.models, study.conditions)
    curves = accuracy_curves(rows)
    search = search_headline(study)
    broken, both = pl.DataFrame(), None
    if search.headline is not None:
        better, worse = map(study.key, search.headline.combinations)
        paired = PairedSamples(better, worse)
        broken = study.run(broken_samples, paired, limit=_SHOWN_SAMPLES)
        both = answers(study, paired)
    colours = {
        name: colour
        for name, colour in theme.series_colours(study.models).items()
        if name in rows["series"]
    }
    models = model_rows(rows, study.models, study.derive(study_labels))
    return HomeFrames(rows, curves, colours, search, broken, both, models)


def model_rows(rows: pl.DataFrame, models: pl.DataFrame, words: Mapping[str, str]) -> pl.DataFrame:
    """Every model with a mean accuracy on corrupted images, for the scatter of all models.

    Args:
        rows: as `clean_and_corrupted` returns.
        models: the table `models`.
        words: labels by name.

    Returns:
        name, model (its label), series, sparsity, remaining (the fraction of weights that does, at
        least 1 in 10,000), parameters (not zero), clean and accuracy (NULL clean where unknown).
    """
    clean = rows.filter(images="clean").select("model_id", clean="accuracy")
    return (
        rows.filter(images="corrupted")
        .join(clean, on="model_id", how="left")
        .join(models.select("model_id", "nonzero_parameters"), on="model_id")
        .sort("model_id")
        .select(
            "name",
            pl.col("name").replace_strict(words, return_dtype=pl.String).alias("model"),
            "series",
            "sparsity",
            remaining=(1 - pl.col("sparsity")).clip(lower_bound=1e-4),
            parameters="nonzero_parameters",
            clean="clean",
            accuracy="accuracy",
        )
    )


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
