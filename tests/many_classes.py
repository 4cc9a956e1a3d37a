"""A study of as many classes as wanted, to test what pages do beyond a dozen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from core.store.rows import CLEAN, ModelRow, StudyContents, StudyRow
from core.store.writing.shards import angle_count
from core.store.writing.tables import create_study, fill_rollups, insert_frame

DENSE = ModelRow(name="net-dense", network="net", seed=0)
PRUNED = ModelRow(
    name="net-magnitude-0.9", network="net", method="magnitude", ratio=0.9, sparsity=0.9, seed=0
)


def write_many_class_study(path: Path, *, classes: int, samples_per_class: int = 3) -> Path:
    """Two models on clean images; beyond 100 classes only the 10 nearest angles are stored.

    Class k is mistaken for class k + 1 by the first model and for class k + 2 by the second,
    one sample of each class.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    labels = np.repeat(np.arange(classes), samples_per_class)
    contents = StudyContents(
        study=StudyRow(
            name=path.stem,
            title=path.stem,
            description="A study made by hand for tests.",
            dataset="numbers",
            seed=7,
        ),
        class_names=[f"class {k}" for k in range(classes)],
        samples=pl.DataFrame({"sample_id": range(labels.size), "label": labels}),
        models=[DENSE, PRUNED],
        conditions=[CLEAN],
        fingerprint="0" * 64,
    )
    with duckdb.connect(str(path)) as connection:
        create_study(connection, contents, published_at=datetime(2026, 1, 2))
        for model_id in range(len(contents.models)):
            metrics = _metrics(model_id, labels, classes, angle_count(classes))
            insert_frame(connection, "sample_metrics", metrics)
        fill_rollups(connection)
    return path


def _metrics(model_id: int, labels: np.ndarray, classes: int, stored: int) -> pl.DataFrame:
    rng = np.random.default_rng(model_id)
    count = labels.size
    wrong = np.arange(count) % (count // classes) == 0
    prediction = np.where(wrong, (labels + 1 + model_id) % classes, labels)
    angles = rng.normal(90, 3, (count, classes)).astype(np.float32)
    angles[np.arange(count), labels] = 50 + 5 * model_id + rng.normal(0, 1, count)
    angles[np.arange(count), prediction] = 45 + rng.normal(0, 1, count)
    nearest = np.argsort(angles, axis=1)[:, :stored]
    whole = stored == classes
    kept = angles if whole else np.take_along_axis(angles, nearest, axis=1)
    rows = pl.DataFrame(
        {
            "model_id": [model_id] * count,
            "condition_id": [0] * count,
            "sample_id": range(count),
            "label": labels,
            "prediction": prediction,
            "correct": ~wrong,
            "confidence": rng.uniform(0.3, 1, count),
            "length": rng.uniform(5, 9, count),
            "angle": angles[np.arange(count), labels],
            "margin": np.where(wrong, -1.0, 1.0),
            "angles": pl.Series(kept.tolist(), dtype=pl.List(pl.Float32)),
            "angle_classes": pl.Series(
                [None] * count if whole else nearest.tolist(), dtype=pl.List(pl.UInt16)
            ),
        }
    )
    confidence = pl.col("confidence")
    return rows.with_columns(
        true_probability=pl.when("correct").then(confidence).otherwise((1 - confidence) / 2)
    )
