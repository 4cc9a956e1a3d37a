"""What the models of a series answer under the conditions of each row of the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display import labels
from core.display.correctness import Correctness, correctness
from core.display.dense_models import with_dense
from core.display.severity import of_severity
from core.store.queries.correct_bits import true_classes
from core.store.queries.predictions import most_frequent_predictions
from core.store.study import Study

CLEAN_ROW, ALL_ROW = "clean", "all corruptions"


@dataclass(frozen=True)
class Step:
    """The models of one series at one target sparsity: places in the arrays.

    Attributes:
        ratio: target sparsity.
        pruned: a place each.
        dense: the dense model of each.
    """

    ratio: float
    pruned: tuple[int, ...]
    dense: tuple[int, ...]


def pruned_series(study: Study) -> list[str]:
    """Series with more than one target sparsity and a dense model to measure against."""
    return (
        with_dense(study.models)
        .filter(pl.col("method") != "dense", pl.col("dense_id").is_not_null())
        .group_by("series")
        .agg(ratios=pl.col("ratio").n_unique(), first=pl.col("model_id").min())
        .filter(pl.col("ratios") > 1)
        .sort("first")["series"]
        .to_list()
    )


def series_steps(models: pl.DataFrame, series: str, ids: list[int]) -> tuple[Step, ...]:
    """The target sparsities of a series, rising, each with its models (seeds).

    Args:
        models: as `with_dense` returns.
        series: its name.
        ids: of the models, in the order of the arrays.
    """
    place = {model_id: i for i, model_id in enumerate(ids)}
    rows = models.filter(
        pl.col("series") == series, pl.col("method") != "dense", pl.col("dense_id").is_not_null()
    ).sort("ratio", "model_id")
    return tuple(
        Step(
            float(ratio),
            tuple(place[one] for one in found["model_id"]),
            tuple(place[one] for one in found["dense_id"]),
        )
        for (ratio,), found in rows.group_by("ratio", maintain_order=True)
    )


@dataclass(frozen=True)
class Answers:
    """What models answer under the conditions of one row.

    Attributes:
        right: (models, images) under how many of them a model is right.
        versions: how many conditions there are.
        present: (models,) whether the study holds all of them.
        broken: (models,) whether one class takes most predictions under most of them.
    """

    right: NDArray[np.int16]
    versions: int
    present: NDArray[np.bool_]
    broken: NDArray[np.bool_]


def row_answers(
    study: Study,
    ids: list[int],
    conditions: dict[str, list[int]],
    places: list[int],
    passing: NDArray[np.bool_],
) -> dict[str, Answers]:
    """By row; `places` are the ids of all conditions in the rows."""
    read = correctness(study, ids, places, passing)
    sound = _sound(study, ids, places)
    at = {condition_id: i for i, condition_id in enumerate(places)}
    found = {}
    for row, condition_ids in conditions.items():
        columns = [at[one] for one in condition_ids]
        found[row] = Answers(
            times_right(read, columns),
            len(columns),
            np.asarray(read.present[:, columns].all(axis=1)),
            np.asarray(sound[:, columns].mean(axis=1) < 0.5),
        )
    return found


def row_conditions(conditions: pl.DataFrame, severity: int) -> dict[str, list[int]]:
    """Ids of the conditions behind each row, by the row's name, in the study's order."""
    wanted = conditions.filter(of_severity(severity))
    rows = {
        CLEAN_ROW: wanted.filter(pl.col("severity") == 0)["condition_id"].to_list(),
        ALL_ROW: wanted.filter(pl.col("severity") > 0)["condition_id"].to_list(),
    }
    for (name,), found in wanted.filter(pl.col("severity") > 0).group_by(
        "corruption", maintain_order=True
    ):
        rows[labels.corruption_label(str(name))] = found["condition_id"].to_list()
    return {row: found for row, found in rows.items() if found}


def class_images(
    study: Study, passing: NDArray[np.bool_]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each class with images that pass, and which of these images are of it."""
    class_ids = study.run(true_classes)["class_id"].to_numpy()[passing]
    for class_id, name in study.class_names.items():
        mask = class_ids == class_id
        if mask.any():
            yield name, mask


def _sound(study: Study, ids: list[int], condition_ids: list[int]) -> NDArray[np.bool_]:
    """(models, conditions) whether no class takes most of a model's predictions."""
    row = {model_id: i for i, model_id in enumerate(ids)}
    column = {condition_id: i for i, condition_id in enumerate(condition_ids)}
    sound = np.ones((len(row), len(column)), bool)
    flagged = study.run(most_frequent_predictions).filter(
        pl.col("degenerate"), pl.col("condition_id").is_in(condition_ids)
    )
    for model_id, condition_id in flagged.select("model_id", "condition_id").iter_rows():
        sound[row[model_id], column[condition_id]] = False
    return sound


def times_right(read: Correctness, columns: list[int]) -> NDArray[np.int16]:
    """(models, images) under how many of the conditions in these columns each model is right."""
    total = np.zeros((read.right.shape[0], read.right.shape[2]), np.int16)
    for column in columns:
        total += read.right[:, column]
    return total
