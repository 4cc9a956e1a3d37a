"""The rows that pipelines write and readers read, as types.

Fields are the columns of the tables in schema.sql, in their order; the comments
there say what each one means. A default is what holds where nothing else is known,
so that whoever makes a row states only what differs: a new column with a default
touches schema.sql, this module and the one producer that knows its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from core.stats.neural_collapse import NeuralCollapse


@dataclass(frozen=True, kw_only=True)
class StudyRow:
    """What the study is: table `study`, without what publishing adds."""

    name: str
    title: str
    description: str = ""
    dataset: str
    image_size: int | None = None
    seed: int = 0
    corruption_source: str = "none"
    configuration: str = "{}"
    versions: str = "{}"


@dataclass(frozen=True)
class LayerRow:
    """Pruning of one layer: table `layers`, without the ids."""

    name: str
    kind: str
    weights: int
    kept: int
    emptied: bool


@dataclass(frozen=True)
class ClassifierRows:
    """The last layer of one model: its rows of table `classifier`, in class order.

    Attributes:
        weight_norms: (C,) L2 norms of the rows of the weight.
        biases: (C,).
        weights: (C, m) the weight itself, where features have m <= 2 dimensions and can be drawn:
            they follow from it, length and angles. None beyond.
        cosines: C (C - 1) / 2 cosines between class directions, of the pairs (0, 1), (0, 2), …,
            (1, 2), …; None for a class without a direction (a zero row), and for all beyond 100
            classes.
    """

    weight_norms: tuple[float, ...]
    biases: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...] | None = None
    cosines: tuple[float | None, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """One network with fixed weights: table `models`, without the id and the series.

    The series follows from the models of a study together: `core.store.series`.

    By default it is dense and untouched, its removed weights (none) are counted from masks,
    and what has to be counted or measured is not known yet.
    """

    name: str
    network: str
    method: str = "dense"
    ratio: float = 0.0
    sparsity: float = 0.0
    sparsity_total: float | None = None
    sparsity_source: str = "masks"
    scope: str | None = None
    seed: int | None = None
    parent: str | None = None
    retrained: bool = False
    retrain_epochs: int = 0
    recalibrated: bool = False
    classifier_prunable: bool = True
    parameters: int | None = None
    nonzero_parameters: int | None = None
    macs: int | None = None
    macs_theoretical: int | None = None
    validation_accuracy: float | None = None
    checkpoint_sha256: str = ""
    details: str = "{}"


@dataclass(frozen=True)
class ConditionRow:
    """One version of the test set: table `conditions`, without the id.

    By default its images are from elsewhere: nothing here makes them again.
    """

    name: str
    corruption: str
    category: str
    severity: int
    source: str
    in_benchmark: bool = False
    generator_version: int | None = None
    generator_seed: int | None = None
    mean_absolute_change: float | None = None


CLEAN = ConditionRow("clean", "clean", "clean", 0, "clean")
"""The test set as it is, which every study has."""


THUMBNAIL_SIDE = 96
"""Pixels: larger images are stored shrunk to this, all others as they are."""

_NO_IMAGES = {"condition": pl.String, "sample_id": pl.Int32, "image": pl.Binary}
ATTRIBUTION = pl.Schema(
    {
        "sample_id": pl.Int32(),
        "metric": pl.String(),
        "window_side": pl.UInt16(),
        "stride": pl.UInt16(),
        "width": pl.UInt16(),
        "cells": pl.List(pl.Float32),
    }
)
"""Columns of table `attribution` without the ids of model and condition."""
NAMED_ATTRIBUTION = pl.Schema({"model": pl.String(), "condition": pl.String(), **ATTRIBUTION})
"""The same with the names of model and condition."""


@dataclass(frozen=True)
class StudyContents:
    """Everything that one study file is made from.

    Attributes:
        study: the study's own row.
        class_names: names in label order.
        samples: frame (sample_id, label, thumbnail), one row a test sample.
        models: models in publishing order.
        conditions: conditions in publishing order, clean first.
        fingerprint: changes when any number in the file would.
        layers: layers of each model, by model name.
        classifiers: last layer of each model, by model name.
        collapse: of the features of each (model name, condition name), rows of table
            `neural_collapse`.
        corrupted_images: frame (condition, a name; sample_id, image), rows of the table of that
            name.
        attributions: frame with the columns of NAMED_ATTRIBUTION, rows of table `attribution`.
        shards: finished shard of each (model name, condition name); none in a study whose
            rows per sample come from elsewhere.
    """

    study: StudyRow
    class_names: Sequence[str]
    samples: pl.DataFrame
    models: Sequence[ModelRow]
    conditions: Sequence[ConditionRow]
    fingerprint: str
    layers: Mapping[str, Sequence[LayerRow]] = field(default_factory=dict)
    classifiers: Mapping[str, ClassifierRows] = field(default_factory=dict)
    collapse: Mapping[tuple[str, str], NeuralCollapse] = field(default_factory=dict)
    corrupted_images: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_NO_IMAGES))
    attributions: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=NAMED_ATTRIBUTION)
    )
    shards: Mapping[tuple[str, str], Path] = field(default_factory=dict)
