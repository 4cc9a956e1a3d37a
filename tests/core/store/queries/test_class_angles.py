"""Angles to class directions against the rows, counted by polars and numpy."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl
import pytest

from core.store.combination import Key
from core.store.connection import connect, query
from core.store.queries.class_angles import axis_values, mean_class_angles, stored_angles
from core.store.queries.paired import PairedSamples
from core.store.subsets.base import SampleFilter
from tests.many_classes import write_many_class_study
from tests.study_file import write_study

METRICS = ("length", "margin", "true_probability")
DEAD = Key(2, 0)  # the model under which sample 0 is a zero feature


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("studies") / "many.duckdb"
    with connect(write_many_class_study(path, classes=120)) as opened:
        yield opened


def rows(connection: duckdb.DuckDBPyConnection, key: Key) -> pl.DataFrame:
    return query(
        connection,
        "SELECT * FROM sample_metrics WHERE model_id = $m AND condition_id = $c ORDER BY sample_id",
        {"m": key[0], "c": key[1]},
    )


def table(frame: pl.DataFrame, class_ids: list[int]) -> np.ndarray:
    """(rows, axes): angles to the classes, then metrics; NaN where undefined."""
    found = []
    for row in frame.iter_rows(named=True):
        known = row["angle_classes"] or range(len(row["angles"]))
        angles = dict(zip(known, row["angles"], strict=True))
        angles[row["label"]] = row["angle"]
        metrics = (row[name] for name in METRICS)
        found.append([*(angles.get(k) for k in class_ids), *metrics])
    return np.array(found, dtype=float)


def values(frame: pl.DataFrame) -> np.ndarray:
    return frame.select(pl.col(r"^v\d+$"), *METRICS).to_numpy().astype(float)


def test_values_are_the_angles_in_the_order_asked_and_the_metrics(
    tiny: duckdb.DuckDBPyConnection,
) -> None:
    found = axis_values(tiny, DEAD, class_ids=(2, 0))
    expected = rows(tiny, DEAD)
    np.testing.assert_allclose(values(found), table(expected, [2, 0]))
    same = ["sample_id", "label", "prediction", "correct", "confidence", "angle"]
    assert found.select(same).rows() == expected.select(same).rows()
    assert np.isnan(values(found)[0, :2]).all()
    assert found.filter(pl.col("angle").is_null())["sample_id"].to_list() == [0]


def test_values_are_those_of_the_filtered_samples_with_the_same_rank_under_every_key(
    tiny: duckdb.DuckDBPyConnection,
) -> None:
    one, other = (
        axis_values(tiny, key, class_ids=(0,), sample_filter=SampleFilter(2))
        for key in (Key(0, 0), Key(3, 2))
    )
    assert one["label"].unique().to_list() == [2]
    assert one.height == 10
    assert one["sampling_rank"].to_list() == other["sampling_rank"].to_list()
    assert one["sampling_rank"].n_unique() == 10
    assert one["sampling_rank"].to_list() != sorted(one["sampling_rank"])


def test_an_angle_beyond_the_stored_ones_is_undefined(many: duckdb.DuckDBPyConnection) -> None:
    found = axis_values(many, Key(0, 0), class_ids=(4, 5, 6), sample_filter=SampleFilter(4))
    expected = table(rows(many, Key(0, 0)).filter(pl.col("label") == 4), [4, 5, 6])
    np.testing.assert_allclose(values(found), expected)
    assert np.isnan(expected[:, 1:3]).any()
    assert found["angle"].null_count() == 0


def test_how_many_angles_are_stored(
    tiny: duckdb.DuckDBPyConnection, many: duckdb.DuckDBPyConnection
) -> None:
    assert stored_angles(tiny).item() == 4
    assert stored_angles(many).item() == 10


def test_mean_angles_rank_over_all_classes(many: duckdb.DuckDBPyConnection) -> None:
    means = mean_class_angles(many, PairedSamples(Key(0, 0), Key(1, 0), SampleFilter(7)))
    of_class = pl.col("label") == 7
    before, after = (
        table(rows(many, Key(m, 0)).filter(of_class), list(range(120))) for m in (0, 1)
    )
    for row in means.iter_rows(named=True):
        k = row["class_id"]
        both = (after - before)[:, k]
        assert row["pairs"] == (~np.isnan(both)).sum()
        if row["pairs"]:
            assert row["shift"] == pytest.approx(np.nanmean(both))
    assert {7, 8, 9} <= set(means["class_id"])
