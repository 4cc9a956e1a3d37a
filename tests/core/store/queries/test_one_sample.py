"""One sample's rows, angles and neighbours, against the rows that were written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.metrics import METRICS
from core.store.combination import Key
from core.store.connection import Connection, connect
from core.store.queries.one_sample import (
    nearest_samples,
    sample_along,
    sample_class_angles,
    sample_everywhere,
    sample_label,
)
from tests.many_classes import write_many_class_study
from tests.study_file import CLASSES, write_study


def test_the_class_of_a_sample_and_none_of_a_sample_that_is_not_there(
    connection: Connection,
) -> None:
    assert sample_label(connection, 6).rows() == [(6, 2, "bird")]
    assert sample_label(connection, 40).is_empty()


def listed(rows: pl.DataFrame, metrics: Iterable[str], *wanted: pl.Expr) -> pl.DataFrame:
    """Sample 0 as the queries return it."""
    classes = dict(enumerate(CLASSES))
    own = rows.filter(pl.col("sample_id") == 0, *wanted).sort("model_id", "condition_id")
    return own.select(
        "model_id", "condition_id",
        pl.col("prediction").replace_strict(classes, return_dtype=pl.String).alias("predicted"),
        "correct",
        *(pl.col(name).cast(pl.Float64) for name in metrics),
    )  # fmt: skip


def test_a_sample_is_listed_under_every_model_and_condition(
    connection: Connection, rows: pl.DataFrame
) -> None:
    expected = listed(rows, ["true_probability"])
    assert expected.height == 12
    assert_frame_equal(sample_everywhere(connection, 0), expected)


def test_a_sample_is_listed_along_a_condition_and_along_models(
    connection: Connection, rows: pl.DataFrame
) -> None:
    along = (pl.col("condition_id") == 1) | pl.col("model_id").is_in([0, 2])
    expected = listed(rows, METRICS, along)
    assert expected.height == 4 + 2 * 3 - 2
    assert expected["angle"].null_count() == 3  # dead under the most pruned model
    found = sample_along(connection, 0, condition_id=1, model_ids=[0, 2])
    assert_frame_equal(found, expected)
    assert sample_along(connection, 99, condition_id=1, model_ids=[0]).is_empty()


def test_angles_to_all_classes_come_with_the_classifier(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    with duckdb.connect(str(path)) as writer:
        writer.execute(
            "INSERT INTO classifier (model_id, class_id, weight_norm, bias) "
            "SELECT 1, class_id, 1 + class_id, 0 - class_id::INTEGER "
            "FROM classes"
        )
        writer.execute(
            "UPDATE sample_metrics SET angles = [10, 20, 30, 40], angle = 30, length = 2, "
            "prediction = 0 WHERE model_id = 1 AND condition_id = 2 AND sample_id = 6"
        )
    opened = connect(path)
    found = sample_class_angles(opened, Key(1, 2), 6)
    assert found.rows(named=True) == [
        {
            "class_id": k,
            "class": CLASSES[k],
            "own": k == 2,
            "predicted": k == 0,
            "angle": 10.0 * (k + 1),
            "length": 2.0,
            "weight_norm": 1.0 + k,
            "bias": float(-k),
        }
        for k in range(4)
    ]
    without = sample_class_angles(opened, Key(0, 0), 6)
    assert without.select("weight_norm", "bias").null_count().row(0) == (4, 4)
    assert sample_class_angles(opened, Key(0, 0), 99).is_empty()


def test_a_zero_feature_has_undefined_angles_to_all_classes(connection: Connection) -> None:
    found = sample_class_angles(connection, Key(2, 0), 0)
    assert found.height == 4
    assert found["angle"].null_count() == 4


def test_beyond_100_classes_the_nearest_and_the_true_class_have_a_row(tmp_path: Path) -> None:
    path = write_many_class_study(tmp_path / "many.duckdb", classes=300)
    with duckdb.connect(str(path)) as writer:
        writer.execute("UPDATE sample_metrics SET label = 299, angle = 95 WHERE sample_id < 3")
    opened = connect(path)
    stored = opened.cursor().sql("SELECT * FROM sample_metrics WHERE model_id = 0").pl()
    beyond = [
        row for row in stored.iter_rows(named=True) if row["label"] not in row["angle_classes"]
    ]
    assert beyond
    for row in [*stored.head(5).iter_rows(named=True), *beyond[:3]]:
        found = sample_class_angles(opened, Key(0, 0), row["sample_id"])
        angles = dict(zip(row["angle_classes"], row["angles"], strict=True))
        angles[row["label"]] = row["angle"]
        assert found["class_id"].to_list() == sorted(angles)
        assert found["angle"].to_list() == pytest.approx([angles[k] for k in sorted(angles)])
        assert found.filter("own")["class_id"].to_list() == [row["label"]]


def test_the_nearest_samples_in_units_of_spread(connection: Connection, rows: pl.DataFrame) -> None:
    own = rows.filter(
        pl.col("model_id") == 2, pl.col("condition_id") == 1, pl.col("angle").is_not_null()
    ).sort("sample_id")
    place = own.select("angle", "length").to_numpy().astype(float)
    place /= place.std(axis=0)
    ids = own["sample_id"].to_list()
    apart = np.linalg.norm(place - place[ids.index(9)], axis=1)
    order = [i for i in np.lexsort((ids, apart)) if ids[i] != 9][:6]
    found = nearest_samples(connection, Key(2, 1), 9, limit=6)
    assert found["sample_id"].to_list() == [ids[i] for i in order]
    np.testing.assert_allclose(found["distance"], apart[order], rtol=1e-6)
    assert found.columns == [
        "sample_id", "class", "predicted", "correct", "angle", "length", "distance",
    ]  # fmt: skip
    first = own.filter(pl.col("sample_id") == found["sample_id"][0]).row(0, named=True)
    shown = found.row(0, named=True)
    assert shown["class"] == CLASSES[first["label"]]
    assert shown["predicted"] == CLASSES[first["prediction"]]
    assert shown["correct"] == first["correct"]
    assert shown["angle"] == pytest.approx(first["angle"])


def test_a_sample_without_an_angle_has_no_neighbours(connection: Connection) -> None:
    assert nearest_samples(connection, Key(2, 0), 0, limit=5).is_empty()


def test_equal_lengths_do_not_divide_by_zero(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    with duckdb.connect(str(path)) as writer:
        writer.execute("UPDATE sample_metrics SET length = 3, angle = sample_id")
    found = nearest_samples(connect(path), Key(0, 0), 20, limit=4)
    assert found["sample_id"].to_list() == [19, 21, 18, 22]
    deviation = float(np.arange(40).std())
    np.testing.assert_allclose(found["distance"], [1 / deviation] * 2 + [2 / deviation] * 2)
