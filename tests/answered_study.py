"""Study files of stated predictions, for tests that need to know who is right about what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from core.store.rows import CLEAN, ConditionRow, ModelRow, StudyContents, StudyRow
from core.store.writing.tables import create_study, fill_rollups, insert_frame
from tests.study_file import STAMP

FOG = ConditionRow("fog-5", "fog", "weather", 5, "generated", True)


def write_answered_study(
    path: Path,
    labels: Sequence[int],
    predictions: Mapping[tuple[str, str], Sequence[int]],
    *,
    models: Sequence[ModelRow],
    conditions: Sequence[ConditionRow] = (CLEAN,),
    threads: int = 2,
) -> Path:
    """A study whose models predict this; positions are made up.

    Args:
        path: the file.
        labels: true class of each sample.
        predictions: class that a model (by name) predicts for each sample under a condition (by
            name).
        models: in publishing order.
        conditions: in publishing order.
        threads: of the connection that sums up.
    """
    count = len(labels)
    contents = StudyContents(
        study=StudyRow(name=path.stem, title="Stated answers", dataset="made up"),
        class_names=[f"class {k}" for k in range(max(labels) + 1)],
        samples=pl.DataFrame({"sample_id": range(count), "label": labels}).with_columns(
            thumbnail=pl.lit(None, pl.Binary)
        ),
        models=models,
        conditions=conditions,
        fingerprint="0" * 64,
    )
    rng = np.random.default_rng(0)
    with duckdb.connect(str(path), config={"threads": threads}) as connection:
        create_study(connection, contents, published_at=STAMP)
        for model_id, model in enumerate(models):
            for condition_id, condition in enumerate(conditions):
                predicted = predictions[model.name, condition.name]
                rows = {
                    "model_id": [model_id] * count,
                    "condition_id": [condition_id] * count,
                    "sample_id": range(count),
                    "label": labels,
                    "prediction": predicted,
                    "correct": np.array(labels) == np.array(predicted),
                    "confidence": rng.uniform(0.3, 1, count),
                    "length": rng.uniform(0, 9, count),
                    "angle": rng.uniform(0, 90, count),
                    "margin": rng.normal(size=count),
                }
                insert_frame(connection, "sample_metrics", pl.DataFrame(rows))
        fill_rollups(connection)
    return path


def answers(labels: Sequence[int], wrong: Sequence[int]) -> list[int]:
    """Predictions that are right but for some samples, which get the next class."""
    classes = max(labels) + 1
    return [(y + 1) % classes if i in set(wrong) else y for i, y in enumerate(labels)]
