"""How alike models are, or corruptions: by the images they err on, or by geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display.correctness import correctness, passing_images
from core.metrics import GEOMETRIC
from core.stats.agreement import error_consistency, mean_defined
from core.store.queries.robustness import geometry_of_combinations
from core.store.study import Study
from core.store.subsets.base import SampleFilter

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Things:
    """What is compared: models under the same conditions, or conditions under the same models.

    Attributes:
        model_ids: all models.
        condition_ids: all conditions.
        are_models: whether the models are the things; else the conditions are.
    """

    model_ids: tuple[int, ...]
    condition_ids: tuple[int, ...]
    are_models: bool


@dataclass(frozen=True)
class Similarity:
    """How alike all pairs are.

    Attributes:
        values: (things, things) error consistency, or distance; NaN where it is undefined.
        distances: (things, things) the same as distances, without NaN.
        images: how many there are.
    """

    values: Floats
    distances: Floats
    images: int


def right_by_thing(study: Study, things: Things, sample_filter: SampleFilter) -> NDArray[np.uint8]:
    """(repeats, things, images) 1 where right; a repeat that lacks some combination is left out."""
    passing = passing_images(study, sample_filter)
    read = correctness(study, things.model_ids, things.condition_ids, passing)
    right, present = read.right, read.present
    if things.are_models:
        right, present = right.transpose(1, 0, 2), present.T
    return right[present.all(axis=1)]


def by_errors(study: Study, things: Things, sample_filter: SampleFilter) -> Similarity:
    """Error consistency, a mean over the repeats (conditions or models) where it is defined."""
    right = right_by_thing(study, things, sample_filter)
    count = right.shape[1]
    total, defined = np.zeros((count, count)), np.zeros((count, count))
    for one in right:
        found = error_consistency(one)
        known = ~np.isnan(found)
        total += np.where(known, found, 0)
        defined += known
    values = total / np.where(defined == 0, np.nan, defined)
    distances = 1 - np.nan_to_num(values, nan=0.0)
    np.fill_diagonal(distances, 0)
    return Similarity(values, np.maximum(distances, 0), right.shape[2])


def by_geometry(study: Study, things: Things, sample_filter: SampleFilter) -> Similarity:
    """Distances of geometry: root mean square over images and metrics.

    Angle, length and margin are standardised over all things together. A number that is undefined
    under one of two things does not count for this pair.
    """
    rows = study.ask(
        geometry_of_combinations,
        model_ids=things.model_ids,
        condition_ids=things.condition_ids,
        sample_filter=sample_filter,
    )
    ids = things.model_ids if things.are_models else things.condition_ids
    column = "model_id" if things.are_models else "condition_id"
    sample_ids = np.unique(rows["sample_id"].to_numpy())
    place = rows[column].replace_strict(
        pl.Series(ids, dtype=rows.schema[column]), pl.Series(range(len(ids)), dtype=pl.Int64)
    )
    values = np.full((len(ids), len(GEOMETRIC), sample_ids.size), np.nan)
    at = np.searchsorted(sample_ids, rows["sample_id"].to_numpy())
    for k, metric in enumerate(GEOMETRIC):
        values[place.to_numpy(), k, at] = rows[metric].to_numpy()
    found = standardised(values).reshape(len(ids), -1)
    distances = pairwise_distances(found)
    return Similarity(distances, np.nan_to_num(distances, nan=_largest(distances)), sample_ids.size)


def standardised(values: Floats) -> Floats:
    """Each metric minus its mean, by its deviation, over all things and images.

    Args:
        values: (things, metrics, images), NaN where undefined.
    """
    by_metric = values.transpose(1, 0, 2).reshape(values.shape[1], -1)
    mean = mean_defined(by_metric, axis=1)
    deviation = np.sqrt(mean_defined((by_metric - mean[:, None]) ** 2, axis=1))
    scale = np.where(deviation > 0, deviation, 1.0)
    return np.asarray((values - mean[:, None]) / scale[:, None])


def pairwise_distances(values: Floats) -> Floats:
    """Root mean square difference of all pairs over the columns that both have; NaN for none.

    Args:
        values: (things, columns), NaN where undefined.
    """
    known = (~np.isnan(values)).astype(np.float64)
    filled = np.nan_to_num(values)
    squares = (filled**2) @ known.T
    sums = np.maximum(squares + squares.T - 2 * filled @ filled.T, 0)
    counts = known @ known.T
    distances = np.sqrt(sums / np.where(counts == 0, np.nan, counts))
    np.fill_diagonal(distances, 0)
    return np.asarray(distances)


def _largest(distances: Floats) -> float:
    defined = distances[~np.isnan(distances)]
    return float(defined.max()) if defined.size else 0.0
