"""Across models: how many models get each sample right, and what geometry predicts (figure 6)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.charts import moving_axes
from core.display.charts.tooltip_words import position_words
from core.display.local_geometry.agreement.chart import FRAGILE, ROBUST
from core.stats.density import shared_ranges
from core.stats.fragility_score import fragility_score
from core.store.combination import Combination
from core.store.queries.combination import metric_ranges
from core.store.queries.many_models import answers_of_models, times_correct
from core.store.queries.predictions import most_frequent_predictions
from core.store.queries.study import sample_count
from core.store.study import Study
from core.store.subsets.base import SampleFilter

PICKED = 10
DRAWN_LIMIT = 2_000
SHOWN = 5


@dataclass(frozen=True)
class Agreement:
    """Samples at their position under the reference, with how many other models get them right.

    Attributes:
        points: what the scatter draws, as `scatter_points` returns.
        axes: the ends of its axes, one row.
        cells: what the grid draws, as `grid_cells` returns.
        shown: sample_id, class, right, models, group, position (in words) of the first picked
            samples of each group.
        shares: mean share of models that get a group's samples right; no interval, since they
            are picked extremes; no group where there are too few samples to pick some.
        mean_share: the same share over all samples.
        samples: those with an angle under the reference.
        without_angle: those without, which are left out.
        models: counted models.
        degenerate: models left out since they predict one class for almost everything.
    """

    points: pl.DataFrame
    axes: pl.DataFrame
    cells: pl.DataFrame
    shown: pl.DataFrame
    shares: dict[str, float]
    mean_share: float
    samples: int
    without_angle: int
    models: int
    degenerate: int


def agreement(study: Study, reference: Combination, sample_filter: SampleFilter) -> Agreement:
    """Count the other models of the reference's network, under the reference's condition.

    Args:
        study: the open study.
        reference: whose positions predict.
        sample_filter: samples.
    """
    key = study.key(reference)
    frequent = study.run(most_frequent_predictions).filter(condition_id=key.condition_id)
    others, degenerate = other_models(study.models, reference.model, frequent)
    ids = sorted(others["model_id"])
    samples = pick(
        study.ask(times_correct, reference=key, model_ids=ids, sample_filter=sample_filter)
    )
    fragile, score = pl.col("group") == FRAGILE, pl.col("score")
    picked = samples.filter(pl.col("group").is_not_null()).sort(
        fragile, pl.when(fragile).then(-score).otherwise(score), "sample_id"
    )
    answers = study.ask(
        answers_of_models,
        model_ids=ids,
        condition_id=key.condition_id,
        sample_ids=sorted(picked["sample_id"]),
    )
    names = pl.col("name").replace_strict(labels.model_labels(study.models), return_dtype=pl.String)
    ranges = shared_ranges(study.run(metric_ranges, key))
    shown = picked.filter(pl.int_range(pl.len()).over("group") < SHOWN).select(
        pl.col("sample_id", "class", "right", "models", "group"), position=position_words()
    )
    return Agreement(
        points=scatter_points(samples),
        axes=moving_axes.ends({name: ranges[name] for name in moving_axes.POSITION}, about=5),
        cells=grid_cells(picked, answers, others.select("model_id", model=names)),
        shown=shown,
        shares={
            str(group): float(rows["share"].mean())  # type: ignore[arg-type]
            for (group,), rows in picked.group_by("group", maintain_order=True)
        },
        mean_share=float(samples["share"].mean() or 0.0),  # type: ignore[arg-type]
        samples=samples.height,
        without_angle=study.run(sample_count, sample_filter) - samples.height,
        models=others.height,
        degenerate=degenerate,
    )


def other_models(
    models: pl.DataFrame, reference: str, predictions: pl.DataFrame
) -> tuple[pl.DataFrame, int]:
    """The models that are asked about each sample, and how many degenerate ones are not.

    They have the reference's network; the reference itself does not judge its own samples.

    Args:
        models: the table `models`.
        reference: name of the reference's model.
        predictions: model_id, degenerate: under the condition that is looked at.

    Returns:
        Their rows: dense ones first, then by series and target sparsity.
    """
    network = models.row(by_predicate=pl.col("name") == reference, named=True)["network"]
    others = models.filter(pl.col("network") == network, pl.col("name") != reference)
    degenerate = predictions.filter("degenerate")
    sound = others.join(degenerate, on="model_id", how="anti").sort(
        pl.col("method") != "dense", "series", "ratio", "model_id"
    )
    return sound, others.height - sound.height


def pick(samples: pl.DataFrame, *, count: int = PICKED) -> pl.DataFrame:
    """The samples with `share`, `score` and `group`, by a rule that looks at positions only.

    The score is `fragility_score`. The `count` lowest are predicted robust, the `count` highest
    fragile; no more than a third of all each. The group of the others is NULL.

    Args:
        samples: sample_id, angle, length, right, models.
        count: how many of each to pick.
    """
    each, place = min(count, samples.height // 3), pl.int_range(pl.len())
    robust = pl.when(place < each).then(pl.lit(ROBUST))
    return (
        samples.with_columns(
            score=fragility_score(),
            share=pl.col("right") / pl.col("models"),
        )
        .sort("score", "sample_id")
        .with_columns(group=robust.when(place >= pl.len() - each).then(pl.lit(FRAGILE)))
        .sort("sample_id")
    )


def scatter_points(samples: pl.DataFrame) -> pl.DataFrame:
    """What the scatter draws: at most DRAWN_LIMIT samples, the picked ones, the rest by a seed.

    Args:
        samples: sample_id, class, angle, length, right, models, share, group.

    Returns:
        sample_id, angle, length, group, share, and in words: sample, position.
    """
    order = samples.sort(pl.col("group").is_null(), pl.col("sample_id").hash(seed=0), "sample_id")
    right = ("sample_id", "class", "right", "models")
    return (
        order.head(DRAWN_LIMIT)
        .sort("sample_id")
        .select(
            pl.col("sample_id", "angle", "length", "group"),
            pl.col("share").cast(pl.Float32),
            sample=pl.format("{} ({}), right under {} of {} models", *right),
            position=position_words(),
        )
    )


def grid_cells(picked: pl.DataFrame, answers: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """What the grid draws: a cell for each picked sample and model.

    Args:
        picked: sample_id, class, group; in the order of the rows.
        answers: model_id, sample_id, correct, predicted.
        models: model_id, model (label); in the order of the columns.

    Returns:
        sample (in words), row, model, column, answer (`right` or `wrong`), words; by row and
        column.
    """
    sign = pl.when(pl.col("group") == ROBUST).then(pl.lit("▲")).otherwise(pl.lit("■"))
    rows = picked.select(
        "sample_id",
        "group",
        row=pl.int_range(pl.len()),
        sample=pl.format("{} {} · {}", sign, "class", "sample_id"),
    )
    return (
        answers.join(rows, on="sample_id")
        .join(models.with_columns(column=pl.int_range(pl.len())), on="model_id")
        .sort("row", "column")
        .select(
            pl.col("sample", "row", "model", "column"),
            answer=pl.when("correct").then(pl.lit("right")).otherwise(pl.lit("wrong")),
            words=pl.format("{} ({}), predicted {}", "sample", "group", "predicted"),
        )
    )
