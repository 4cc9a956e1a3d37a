"""Tiny study files of made-up numbers, for tests that ask or show one."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from PIL import Image

from core.store.connection import SCHEMA_VERSION, Connection
from core.store.rows import CLEAN, ConditionRow, ModelRow, StudyContents, StudyRow
from core.store.writing.tables import create_study, fill_rollups, insert_rows

ROLLUPS = (
    "accuracy_rollup", "prediction_rollup", "most_frequent_prediction", "robustness_rollup",
    "metric_range", "correct_bits",
)  # fmt: skip
STAMP = datetime(2026, 1, 2, 3, 4, 5)
CLASSES = ("plane", "car", "bird", "cat")
SAMPLE_COUNT = 40
# name, method, ratio, share of samples that it gets wrong on clean images
MODELS = (
    ("lenet5-dense", "dense", 0.0, 0.05),
    ("lenet5-magnitude-0.5", "magnitude", 0.5, 0.10),
    ("lenet5-magnitude-0.9", "magnitude", 0.9, 0.45),
    ("lenet5-random-0.5", "random", 0.5, 0.60),
)
# two more that err alike on clean images, for what is about pairs of models
TWINS = (
    ("lenet5-taylor-0.5", "taylor", 0.5, 0.02),
    ("lenet5-taylor-0.7", "taylor", 0.7, 0.02),
)
CONDITIONS = (
    CLEAN,
    ConditionRow("gaussian_noise-3", "gaussian_noise", "noise", 3, "generated", True),
    ConditionRow("fog-3", "fog", "weather", 3, "generated", True),
)


def write_study(
    path: Path,
    *,
    title: str = "Four classes, four models",
    published_at: datetime = STAMP,
    sample_count: int = SAMPLE_COUNT,
    models: tuple[tuple[str, str, float, float], ...] = MODELS,
    schema_version: int = SCHEMA_VERSION,
    clamp: float = 0.9,
) -> Path:
    """A study of 4 classes; the same arguments give the same rows.

    No model errs more often than `clamp`. Sample 0 has no angle under the most pruned model
    (a zero feature).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    contents = StudyContents(
        study=StudyRow(
            name=path.stem,
            title=title,
            description="A study made by hand for tests.",
            dataset="shapes",
            image_size=8,
            seed=7,
            corruption_source="generated",
            versions='{"torch": "2.13.0", "duckdb": "2.0.0"}',
        ),
        class_names=CLASSES,
        samples=pl.DataFrame(
            [_sample_row(i) for i in range(sample_count)],
            schema={"sample_id": pl.Int32, "label": pl.UInt16, "thumbnail": pl.Binary},
        ),
        models=[_model_row(i, *row) for i, row in enumerate(models)],
        conditions=CONDITIONS,
        fingerprint="0" * 64,
    )
    with duckdb.connect(str(path)) as connection:
        create_study(connection, contents, published_at=published_at)
        connection.execute("UPDATE study SET schema_version = ?", [schema_version])
        for model_id, (_, _, ratio, error) in enumerate(models):
            for condition_id, condition in enumerate(CONDITIONS):
                insert_rows(
                    connection,
                    "sample_metrics",
                    _metric_rows(
                        model_id,
                        condition_id,
                        ratio=ratio,
                        error=error,
                        severity=condition.severity,
                        samples=sample_count,
                        clamp=clamp,
                    ),
                )
        fill_rollups(connection)
    return path


def flip_fog(connection: Connection, *, model_id: int, share: float) -> None:
    """Make a model wrong on a share of the samples under fog, and sum up anew."""
    connection.execute(
        "UPDATE sample_metrics SET correct = false, prediction = (label + 1) % 4, "
        "margin = -abs(margin) WHERE model_id = $model_id AND condition_id = 2 "
        "AND hash(sample_id) % 100 < 100 * $share",
        {"model_id": model_id, "share": share},
    )
    for table in ROLLUPS:
        connection.execute(f"DELETE FROM {table}")
    fill_rollups(connection)


def _sample_row(sample_id: int) -> dict[str, Any]:
    shade = np.random.default_rng(sample_id).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    png = io.BytesIO()
    Image.fromarray(shade).save(png, "PNG")
    return {"sample_id": sample_id, "label": sample_id % 4, "thumbnail": png.getvalue()}


def _model_row(model_id: int, name: str, method: str, ratio: float, error: float) -> ModelRow:
    dense = method == "dense"
    return ModelRow(
        name=name,
        network="lenet5",
        method=method,
        ratio=ratio,
        sparsity=ratio,
        sparsity_total=ratio * 0.99,
        scope=None if dense else "global",
        seed=7,
        parent=None if dense else "lenet5-dense",
        parameters=61_706,
        nonzero_parameters=round(61_706 * (1 - ratio)),
        macs=416_520,
        macs_theoretical=round(416_520 * (1 - ratio)),
        validation_accuracy=1 - error,
        checkpoint_sha256=f"{model_id:064x}",
    )


def _metric_rows(
    model_id: int,
    condition_id: int,
    *,
    ratio: float,
    error: float,
    severity: int,
    samples: int,
    clamp: float,
) -> list[dict[str, Any]]:
    rng = np.random.default_rng([model_id, condition_id])
    wrong = rng.random(samples) < min(clamp, error + 0.05 * severity)
    rows = []
    for sample_id in range(samples):
        label = sample_id % 4
        correct = not wrong[sample_id]
        angle = 30 + 20 * ratio + (0 if correct else 15) + rng.normal(0, 4)
        dead = ratio == 0.9 and sample_id == 0
        margin = abs(rng.normal(3 - 2 * ratio, 0.5)) * (1 if correct else -1)
        angles = [90.0] * 4
        angles[label] = angle
        confidence = float(rng.uniform(0.4, 1))
        rows.append(
            {
                "model_id": model_id,
                "condition_id": condition_id,
                "sample_id": sample_id,
                "label": label,
                "prediction": label if correct else (label + 1) % 4,
                "correct": correct,
                "confidence": confidence,
                "true_probability": confidence if correct else (1 - confidence) / 2,
                "length": 0.0 if dead else 12 - 6 * ratio - (0 if correct else 2) + rng.normal(),
                "angle": None if dead else angle,
                "margin": margin,
                "angles": [None] * 4 if dead else angles,
                "angle_classes": None,
            }
        )
    return rows
