"""A study of networks with two features, measured from stated features."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from core.geometry import ClassDirections
from core.store.rows import CLEAN, ModelRow, StudyContents, StudyRow
from core.store.writing.tables import create_study, fill_rollups, insert_frame
from pipelines.evaluation.measure import classifier_rows, measured_rows
from tests.study_file import STAMP

CLASSES = ("ant", "bee", "cat")
WEIGHT = np.array([[2.0, 0.0], [-1.0, 1.5], [-1.0, -2.0]])
BIAS = np.array([0.0, 0.5, -0.25])
MODELS = (
    ModelRow(name="flat", network="lenet5-f2", validation_accuracy=1.0),
    ModelRow(name="flat-90", network="lenet5-f2", method="magnitude", ratio=0.9, sparsity=0.9,
             parent="flat", scope="global", seed=0),
    ModelRow(name="flat-50", network="lenet5-f2", method="magnitude", ratio=0.5, sparsity=0.5,
             parent="flat", scope="global", seed=0),
    ModelRow(name="wide", network="lenet5-f4"),
)  # fmt: skip
SHRINK = {"flat": 1.0, "flat-50": 0.6, "flat-90": 0.2}


def features(model: str, count: int) -> np.ndarray:
    """(count, 2) features of a model with two: shorter where more is pruned."""
    rng = np.random.default_rng(5)
    labels = np.arange(count) % 3
    return (WEIGHT[labels] * 3 + rng.normal(size=(count, 2))) * SHRINK[model]


def write_plane_study(
    path: Path, *, count: int = 30, models: tuple[ModelRow, ...] = MODELS
) -> Path:
    """Dense and twice pruned networks with two features, and one with four."""
    labels = np.arange(count) % 3
    layers = {
        row.name: ClassDirections(np.eye(3, 4) if row.name == "wide" else WEIGHT, BIAS)
        for row in models
    }
    contents = StudyContents(
        study=StudyRow(name=path.stem, title="Planes", dataset="made up"),
        class_names=CLASSES,
        samples=pl.DataFrame({"sample_id": range(count), "label": labels}).with_columns(
            thumbnail=pl.lit(None, pl.Binary)
        ),
        models=models,
        conditions=[CLEAN],
        fingerprint="0" * 64,
        classifiers={name: classifier_rows(layer) for name, layer in layers.items()},
    )
    with duckdb.connect(str(path)) as connection:
        create_study(connection, contents, published_at=STAMP)
        for model_id, (name, layer) in enumerate(layers.items()):
            own = np.ones((count, 4)) if name == "wide" else features(name, count)
            rows = pl.DataFrame(
                measured_rows(
                    layer.measure(own.astype(np.float32), labels),
                    labels=labels,
                    sample_ids=np.arange(count),
                )
            )
            ids = {"model_id": pl.lit(model_id, pl.UInt16), "condition_id": pl.lit(0, pl.UInt16)}
            insert_frame(connection, "sample_metrics", rows.with_columns(**ids))
        fill_rollups(connection)
    return path
