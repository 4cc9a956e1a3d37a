"""A study of as many classes as wanted, to test what pages do beyond a dozen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

STORE = Path(__file__).parents[1] / "core" / "store"
MODELS = ("net-dense", "net-magnitude-0.9")
NEAREST = 10


def write_many_class_study(path: Path, *, classes: int, samples_per_class: int = 3) -> Path:
    """Two models on clean images; beyond 100 classes only the 10 nearest angles are stored.

    Class k is mistaken for class k + 1 by the first model and for class k + 2 by the second,
    one sample of each class.
    """
    stored = classes if classes <= 100 else NEAREST
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        schema = (STORE / "schema.sql").read_text()
        connection.execute(schema.replace("{angle_count}", str(stored)))
        labels = np.repeat(np.arange(classes), samples_per_class)
        _insert(connection, "study", _study(path.stem))
        names = [f"class {k}" for k in range(classes)]
        clean = {"condition_id": 0, "name": "clean", "corruption": "clean", "category": "clean",
                 "severity": 0, "source": "clean"}  # fmt: skip
        _insert(connection, "classes", pl.DataFrame({"class_id": range(classes), "name": names}))
        samples = pl.DataFrame({"sample_id": range(labels.size), "label": labels})
        _insert(connection, "samples", samples)
        _insert(connection, "conditions", pl.DataFrame([clean]))
        for model_id, name in enumerate(MODELS):
            _insert(connection, "models", _model(model_id, name))
            _insert(connection, "sample_metrics", _metrics(model_id, labels, classes, stored))
        connection.execute((STORE / "rollups.sql").read_text())
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
    return pl.DataFrame(
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


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    connection.register("incoming", rows.to_arrow())
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    connection.unregister("incoming")


def _study(name: str) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "schema_version": 1,
                "name": name,
                "title": name,
                "description": "A study made by hand for tests.",
                "dataset": "numbers",
                "seed": 7,
                "corruption_source": "none",
                "configuration": "{}",
                "versions": "{}",
                "content_sha256": "0" * 64,
                "published_at": datetime(2026, 1, 2),
            }
        ]
    )


def _model(model_id: int, name: str) -> pl.DataFrame:
    dense = model_id == 0
    return pl.DataFrame(
        [
            {
                "model_id": model_id,
                "name": name,
                "network": "net",
                "method": "dense" if dense else "magnitude",
                "ratio": 0.0 if dense else 0.9,
                "sparsity": 0.0 if dense else 0.9,
                "sparsity_source": "masks",
                "seed": 0,
                "retrained": False,
                "retrain_epochs": 0,
                "recalibrated": False,
                "classifier_prunable": True,
                "collapsed": False,
                "checkpoint_sha256": f"{model_id:064x}",
                "details": "{}",
            }
        ]
    )
