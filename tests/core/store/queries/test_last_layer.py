"""What the study file holds of the last layer, from weights to queries."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.geometry import ClassDirections
from core.store.combination import Key
from core.store.connection import Connection, connect
from core.store.queries.last_layer import (
    angles_by_feature_width,
    class_cosines,
    class_directions,
    plane_models,
    samples_with_angles,
)
from core.store.rows import CLEAN, ModelRow, StudyContents, StudyRow
from core.store.subsets.base import SampleFilter
from core.store.writing.shards import shard_classifier, write_shard
from core.store.writing.tables import create_study, fill_rollups, insert_frame
from pipelines.evaluation.measure import classifier_rows, measured_rows
from tests.study_file import STAMP

WEIGHT = np.array([[3.0, 4.0], [0.0, 0.0], [-4.0, 3.0]])
BIAS = np.array([0.5, 0.0, -1.0])
FEATURES = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0], [-3.0, -3.0]], np.float32)
LABELS = np.array([0, 2, 0, 2])


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    weights = {"flat": WEIGHT, "deep": np.eye(3, 4), "wide": np.eye(3, 4)}
    networks = {"flat": "net-f2", "deep": "net-f4-untrained", "wide": "net"}
    layers = {name: ClassDirections(weight, BIAS) for name, weight in weights.items()}
    contents = StudyContents(
        study=StudyRow(name="s", title="s", dataset="d"),
        class_names=["a", "b", "c"],
        samples=pl.DataFrame({"sample_id": range(4), "label": LABELS}).with_columns(
            thumbnail=pl.lit(None, pl.Binary)
        ),
        models=[ModelRow(name=name, network=networks[name]) for name in weights],
        conditions=[CLEAN],
        fingerprint="",
        classifiers={name: classifier_rows(layer) for name, layer in layers.items()},
    )
    path = tmp_path / "s.duckdb"
    with duckdb.connect(str(path)) as writing:
        create_study(writing, contents, published_at=STAMP)
        for model_id, (name, layer) in enumerate(layers.items()):
            features = FEATURES if name == "flat" else np.pad(FEATURES, ((0, 0), (0, 2)))
            rows = pl.DataFrame(
                measured_rows(
                    layer.measure(features, LABELS), labels=LABELS, sample_ids=np.arange(4)
                )
            )
            ids = {"model_id": pl.lit(model_id, pl.UInt16), "condition_id": pl.lit(0, pl.UInt16)}
            insert_frame(writing, "sample_metrics", rows.with_columns(**ids))
        fill_rollups(writing)
    return connect(path)


def test_directions_hold_the_weight_where_features_can_be_drawn(connection: Connection) -> None:
    expected = pl.DataFrame(
        {
            "class_id": pl.Series([0, 1, 2], dtype=pl.UInt16),
            "weight_norm": [5.0, 0.0, 5.0],
            "bias": [0.5, 0.0, -1.0],
            "weight": [[3.0, 4.0], [0.0, 0.0], [-4.0, 3.0]],
        }
    )
    assert_frame_equal(class_directions(connection, 0), expected)
    assert class_directions(connection, 1)["weight"].to_list() == [None] * 3
    assert plane_models(connection)["model_id"].to_list() == [0]


def test_cosines_are_of_each_pair_and_undefined_without_a_direction(
    connection: Connection,
) -> None:
    expected = pl.DataFrame(
        {
            "class_id": pl.Series([0, 0, 1], dtype=pl.UInt16),
            "other_id": pl.Series([1, 2, 2], dtype=pl.UInt16),
            "cosine": [None, 0.0, None],
        }
    )
    assert_frame_equal(class_cosines(connection, 0), expected)
    assert class_cosines(connection, 1)["cosine"].to_list() == [0.0] * 3


def test_samples_come_with_all_angles_and_the_same_under_every_model(
    connection: Connection,
) -> None:
    key = Key(0, 0)
    found = samples_with_angles(connection, key, limit=10)
    assert found.columns == [
        "sample_id", "label", "prediction", "correct", "confidence", "length", "angle", "margin",
        "angles", "samples",
    ]  # fmt: skip
    assert found["sample_id"].to_list() == [0, 1, 2, 3]
    assert found["length"].to_list() == pytest.approx([1, 2, 0, 18**0.5], abs=1e-6)
    assert found["angles"].to_list()[0] == [
        pytest.approx(53.1301, abs=1e-4),
        None,
        pytest.approx(143.1301, abs=1e-4),
    ]
    assert found["angles"].to_list()[2] == [None] * 3
    two = samples_with_angles(connection, key, limit=2)
    assert (two.height, two["samples"].to_list()) == (2, [4, 4])
    other = samples_with_angles(connection, Key(1, 0), limit=2)
    assert other["sample_id"].to_list() == two["sample_id"].to_list()
    filtered = samples_with_angles(connection, key, sample_filter=SampleFilter(2, None), limit=9)
    assert filtered["sample_id"].to_list() == [1, 3]


def test_angles_by_width_are_of_dense_models_that_name_their_width(
    connection: Connection,
) -> None:
    found = angles_by_feature_width(connection)
    assert found.columns == [
        "network", "trained", "width", "model", "samples", "mean", "deviation", "accuracy",
    ]  # fmt: skip
    assert found.select("network", "trained", "width", "model", "samples").rows() == [
        ("net", False, 4, "deep", 3),
        ("net", True, 2, "flat", 3),
    ]
    cosines = [0.6, 0.6, (12 - 9) / (5 * 18**0.5)]
    angles = np.degrees(np.arccos(cosines))
    assert found["mean"][1] == pytest.approx(angles.mean(), abs=1e-4)
    assert found["deviation"][1] == pytest.approx(angles.std(ddof=1), abs=1e-4)
    predicted = (FEATURES @ WEIGHT.T + BIAS).argmax(axis=1)
    assert found["accuracy"][1] == (predicted == LABELS).mean()


@pytest.mark.parametrize(("classes", "width"), [(4, 2), (5, 3), (101, 2)])
def test_a_shard_keeps_what_can_be_drawn_and_cosines_of_up_to_100_classes(
    tmp_path: Path, classes: int, width: int
) -> None:
    rng = np.random.default_rng(classes)
    weight = rng.normal(size=(classes, width))
    rows = classifier_rows(ClassDirections(weight, None))
    with write_shard(tmp_path / "m.parquet", classifier=rows, fingerprint="f"):
        pass
    found = shard_classifier(tmp_path / "m.parquet")
    assert found == rows
    assert (found.weights is None) == (width > 2)
    if found.weights is not None:
        np.testing.assert_array_equal(found.weights, weight)
    assert (found.cosines is None) == (classes > 100)
    if found.cosines is not None:
        one, other = weight[0], weight[2]
        expected = one @ other / np.sqrt((one @ one) * (other @ other))
        assert found.cosines[1] == pytest.approx(expected)
        assert len(found.cosines) == classes * (classes - 1) // 2
