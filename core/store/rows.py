"""The rows that pipelines write and readers read, as types.

Fields are the columns of the tables in schema.sql, in their order; the comments
there say what each one means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class StudyRow:
    """What the study is: table `study`, without what publishing adds."""

    name: str
    title: str
    description: str
    dataset: str
    image_size: int | None
    seed: int
    corruption_source: str
    configuration: str
    versions: str


@dataclass(frozen=True)
class LayerRow:
    """Pruning of one layer: table `layers`, without the ids."""

    name: str
    kind: str
    weights: int
    kept: int
    emptied: bool


@dataclass(frozen=True)
class ModelRow:
    """One network with fixed weights: table `models`, without the id."""

    name: str
    network: str
    method: str
    ratio: float
    sparsity: float
    sparsity_total: float | None
    sparsity_source: str
    scope: str | None
    seed: int | None
    parent: str | None
    retrained: bool
    retrain_epochs: int
    recalibrated: bool
    classifier_prunable: bool
    collapsed: bool
    parameters: int | None
    nonzero_parameters: int | None
    macs: int | None
    macs_theoretical: int | None
    validation_accuracy: float | None
    checkpoint_sha256: str
    details: str


@dataclass(frozen=True)
class ConditionRow:
    """One version of the test set: table `conditions`, without the id."""

    name: str
    corruption: str
    category: str
    severity: int
    source: str


@dataclass(frozen=True)
class StudyContents:
    """Everything that one study file is made from.

    Attributes:
        study: the study's own row.
        class_names: names in label order.
        samples: frame (sample_id, label, thumbnail), one row a test sample.
        models: models in publishing order.
        layers: layers of each model, by model name.
        conditions: conditions in publishing order, clean first.
        shards: finished shard of each (model name, condition name).
        fingerprint: changes when any number in the file would.
    """

    study: StudyRow
    class_names: Sequence[str]
    samples: pl.DataFrame
    models: Sequence[ModelRow]
    conditions: Sequence[ConditionRow]
    shards: Mapping[tuple[str, str], Path]
    fingerprint: str
    layers: Mapping[str, Sequence[LayerRow]] = field(default_factory=dict)
