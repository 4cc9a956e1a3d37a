"""The view `logits`: what follows from a row's geometry and the model's classifier."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from core.geometry import ClassDirections
from core.store.connection import query
from core.store.rows import CLEAN, ModelRow, StudyContents, StudyRow
from core.store.writing.tables import create_study, fill_rollups, insert_frame
from pipelines.evaluation.measure import classifier_rows, measured_rows
from tests.study_file import STAMP

Floats = NDArray[np.float64]


def written(path: Path, features: Floats, weight: Floats, bias: Floats, labels: object) -> object:
    """A study of one model: its rows measured from features, as evaluation measures them."""
    directions = ClassDirections(weight, bias)
    count, classes = len(features), len(weight)
    contents = StudyContents(
        study=StudyRow(name="s", title="s", dataset="d"),
        class_names=[f"class {k}" for k in range(classes)],
        samples=pl.DataFrame({"sample_id": range(count), "label": labels}).with_columns(
            thumbnail=pl.lit(None, pl.Binary)
        ),
        models=[ModelRow(name="m", network="n")],
        conditions=[CLEAN],
        fingerprint="",
        classifiers={"m": classifier_rows(directions)},
    )
    rows = measured_rows(
        directions.measure(features.astype(np.float32), labels),
        labels=labels,
        sample_ids=np.arange(count),
    )
    connection = duckdb.connect(str(path))
    create_study(connection, contents, published_at=STAMP)
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    ids = {"model_id": pl.lit(0, pl.UInt16), "condition_id": pl.lit(0, pl.UInt16)}
    insert_frame(connection, "sample_metrics", frame.with_columns(**ids))
    fill_rollups(connection)
    return connection


@pytest.mark.parametrize(("classes", "width"), [(2, 3), (10, 64), (100, 512)])
def test_logits_probabilities_nll_and_energy_are_the_networks(
    tmp_path: Path, classes: int, width: int
) -> None:
    rng = np.random.default_rng(classes)
    features = np.maximum(rng.normal(size=(1_200, width)), 0).astype(np.float32).astype(np.float64)
    features *= rng.uniform(0.2, 3, (1_200, 1))
    features[0] = 0
    weight, bias = rng.normal(size=(classes, width)), rng.normal(size=classes)
    weight[1] = 0
    labels = rng.integers(0, classes, 1_200)
    features = features.astype(np.float32).astype(np.float64)
    logits = features @ weight.T + bias
    total = np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1)) + logits.max(1)
    own = logits[np.arange(1_200), labels]
    with written(tmp_path / "s.duckdb", features, weight, bias, labels) as connection:
        found = query(connection, "SELECT * FROM logits ORDER BY sample_id")
    assert found["sample_id"].to_list() == list(range(1_200))
    np.testing.assert_allclose(np.stack(found["logits"].to_list()), logits, atol=1e-3)
    np.testing.assert_allclose(found["true_logit"], own, atol=1e-3)
    np.testing.assert_allclose(found["predicted_logit"], logits.max(1), atol=1e-3)
    np.testing.assert_allclose(found["true_probability"], np.exp(own - total), atol=1e-4)
    np.testing.assert_allclose(found["nll"], total - own, atol=1e-3)
    np.testing.assert_allclose(found["energy"], -total, atol=1e-3)


def test_beyond_100_classes_all_but_the_logits_follow_from_the_nearest_angles(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(3)
    weight, bias = rng.normal(size=(1_000, 32)), rng.normal(size=1_000) * 4
    labels = rng.integers(0, 1_000, 1_100)
    features = rng.normal(size=(1_100, 32)).astype(np.float32).astype(np.float64)
    logits = features @ weight.T + bias
    total = np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1)) + logits.max(1)
    own = logits[np.arange(1_100), labels]
    with written(tmp_path / "s.duckdb", features, weight, bias, labels) as connection:
        found = query(connection, "SELECT * FROM logits ORDER BY sample_id")
    assert found["logits"].null_count() == 1_100
    known = found["energy"].is_not_null().to_numpy()
    assert 300 < known.sum() < 1_100  # large biases: the prediction is often not near
    np.testing.assert_allclose(found["energy"].filter(known), -total[known], atol=1e-3)
    np.testing.assert_allclose(found["nll"].filter(known), (total - own)[known], atol=1e-3)
    np.testing.assert_allclose(found["true_logit"], own, atol=1e-3)
    np.testing.assert_allclose(found["true_probability"], np.exp(own - total), atol=1e-4)
