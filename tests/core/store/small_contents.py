"""A study of 2 models, 3 conditions and 6 samples, written by hand."""

import zlib
from pathlib import Path

import numpy as np
import polars as pl

from core.store.rows import (
    CLEAN,
    ClassifierRows,
    ConditionRow,
    LayerRow,
    ModelRow,
    StudyContents,
    StudyRow,
)
from core.store.writing.shards import shard_path, write_shard

SAMPLE_IDS = [0, 1, 2, 5, 8, 9]
LABELS = [0, 1, 2, 0, 1, 2]
MODELS = ["tiny", "tiny-random-0.5"]
CLASSIFIER = ClassifierRows((1.5, 2.0, 0.5), (0.25, 0.0, -1.0))
CONDITIONS = ["clean", "fog-1", "fog-2"]


def metrics_frame(model: str, condition: str) -> pl.DataFrame:
    """Rows of one shard; the first sample's feature is zero, so its angles are undefined."""
    rng = np.random.default_rng(zlib.crc32(f"{model} {condition}".encode()))
    angles = rng.uniform(20, 120, (6, 3)).astype(np.float32)
    prediction = rng.integers(0, 3, 6).astype(np.uint16)
    prediction[:2] = [LABELS[0], (LABELS[1] + 1) % 3]
    own = angles[np.arange(6), LABELS]
    return pl.DataFrame(
        {
            "sample_id": pl.Series(SAMPLE_IDS, dtype=pl.Int32),
            "label": pl.Series(LABELS, dtype=pl.UInt16),
            "prediction": prediction,
            "correct": prediction == np.array(LABELS),
            "confidence": rng.uniform(0.3, 1, 6).astype(np.float32),
            "true_probability": rng.uniform(0, 1, 6).astype(np.float32),
            "length": rng.uniform(0, 9, 6).astype(np.float32),
            "angle": pl.Series([None, *own[1:].tolist()], dtype=pl.Float32),
            "margin": rng.normal(size=6).astype(np.float32),
            "angles": pl.Series([None, *angles[1:].tolist()], dtype=pl.Array(pl.Float32, 3)),
            "angle_classes": pl.Series([None] * 6, dtype=pl.Array(pl.UInt16, 3)),
        }
    )


def model_row(name: str, method: str, ratio: float) -> ModelRow:
    return ModelRow(
        name=name,
        network="tiny",
        method=method,
        ratio=ratio,
        sparsity=ratio,
        sparsity_total=ratio * 0.9,
        scope=None if method == "dense" else "global",
        seed=0,
        parent=None if method == "dense" else "tiny",
        parameters=100,
        nonzero_parameters=round(100 - 90 * ratio),
        macs=1000,
        macs_theoretical=round(1000 * (1 - ratio)),
        validation_accuracy=0.9,
        checkpoint_sha256="0" * 64,
    )


def small_contents(shards: Path) -> StudyContents:
    paths = {}
    for model in MODELS:
        for condition in CONDITIONS:
            path = shard_path(shards, model, condition)
            with write_shard(path, classifier=CLASSIFIER, fingerprint="f") as shard:
                shard.append(metrics_frame(model, condition).to_arrow())
            paths[model, condition] = path
    return StudyContents(
        study=StudyRow(
            name="tiny",
            title="A tiny study",
            dataset="hand",
            image_size=8,
            corruption_source="generated",
        ),
        class_names=["ant", "bee", "cat"],
        samples=pl.DataFrame(
            {
                "sample_id": pl.Series(SAMPLE_IDS, dtype=pl.Int32),
                "label": pl.Series(LABELS, dtype=pl.UInt16),
                "thumbnail": pl.Series([b"png"] * 6),
            }
        ),
        models=[model_row("tiny", "dense", 0.0), model_row("tiny-random-0.5", "random", 0.5)],
        layers={name: [LayerRow("fc", "linear", 90, 45, False)] for name in MODELS},
        classifiers=dict.fromkeys(MODELS, CLASSIFIER),
        conditions=[
            CLEAN,
            ConditionRow("fog-1", "fog", "weather", 1, "generated", True),
            ConditionRow("fog-2", "fog", "weather", 2, "generated", True),
        ],
        shards=paths,
        fingerprint="one",
    )
