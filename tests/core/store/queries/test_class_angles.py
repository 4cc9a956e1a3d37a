"""Axes, confusion and rankings against the rows, counted by polars and numpy."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl
import pytest

from core.store.connection import connect, query
from core.store.queries import class_angles as directions
from core.store.subsets import json_format as selection_json
from core.store.subsets.base import Chosen
from core.store.subsets.class_angle import DirectionRange, PredictedAs
from core.store.subsets.predicates import Names, Pair, SelectionError
from tests.many_classes import write_many_class_study
from tests.study_file import CLASSES, write_study

DEAD = (2, 0)  # the model under which sample 0 is a zero feature
NAMES = Names(
    {"net-dense": 0, "net-magnitude-0.9": 1, "lenet5-magnitude-0.9": 2},
    {"clean": 0},
    {name: i for i, name in enumerate(CLASSES)} | {f"class {k}": k for k in range(120)},
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("studies") / "many.duckdb"
    with connect(write_many_class_study(path, classes=120)) as opened:
        yield opened


def rows(connection: duckdb.DuckDBPyConnection, key: tuple[int, int]) -> pl.DataFrame:
    return query(
        connection,
        "SELECT * FROM sample_metrics WHERE model_id = $m AND condition_id = $c ORDER BY sample_id",
        {"m": key[0], "c": key[1]},
    )


def table(frame: pl.DataFrame, class_ids: list[int]) -> np.ndarray:
    """(rows, axes): angles to the classes, length and margin; NaN where undefined."""
    found = []
    for row in frame.iter_rows(named=True):
        known = row["angle_classes"] or range(len(row["angles"]))
        angles = dict(zip(known, row["angles"], strict=True))
        angles[row["label"]] = row["angle"]
        found.append([*(angles.get(k) for k in class_ids), row["length"], row["margin"]])
    return np.array(found, dtype=float)


def values(frame: pl.DataFrame) -> np.ndarray:
    return frame.select(pl.col(r"^v\d+$")).to_numpy().astype(float)


def test_values_are_the_angles_in_the_order_asked_then_length_and_margin(
    tiny: duckdb.DuckDBPyConnection,
) -> None:
    found = directions.axis_values(tiny, DEAD, class_ids=(2, 0))
    expected = rows(tiny, DEAD)
    np.testing.assert_allclose(values(found), table(expected, [2, 0]))
    same = ["sample_id", "label", "prediction", "correct", "confidence", "angle"]
    assert found.select(same).rows() == expected.select(same).rows()
    assert np.isnan(values(found)[0, :2]).all()
    assert found.filter(pl.col("angle").is_null())["sample_id"].to_list() == [0]


def test_values_are_those_of_the_chosen_samples_with_the_same_turn_under_every_key(
    tiny: duckdb.DuckDBPyConnection,
) -> None:
    one, other = (
        directions.axis_values(tiny, key, class_ids=(0,), chosen=Chosen(2))
        for key in ((0, 0), (3, 2))
    )
    assert one["label"].unique().to_list() == [2]
    assert one.height == 10
    assert one["turn"].to_list() == other["turn"].to_list()
    assert one["turn"].n_unique() == 10
    assert one["turn"].to_list() != sorted(one["turn"])


def test_an_angle_beyond_the_stored_ones_is_undefined(many: duckdb.DuckDBPyConnection) -> None:
    found = directions.axis_values(many, (0, 0), class_ids=(4, 5, 6), chosen=Chosen(4))
    expected = table(rows(many, (0, 0)).filter(pl.col("label") == 4), [4, 5, 6])
    np.testing.assert_allclose(values(found), expected)
    assert np.isnan(expected[:, 1:3]).any()
    assert found["angle"].null_count() == 0


def test_how_many_directions_are_stored(
    tiny: duckdb.DuckDBPyConnection, many: duckdb.DuckDBPyConnection
) -> None:
    assert directions.stored_directions(tiny).item() == 4
    assert directions.stored_directions(many).item() == 10


def test_confusion_counts_every_prediction(tiny: duckdb.DuckDBPyConnection) -> None:
    expected = rows(tiny, (3, 2)).group_by("label", "prediction").len().sort("label", "prediction")
    assert directions.confusion(tiny, (3, 2)).rows() == expected.rows()


def test_direction_means_rank_over_all_classes(many: duckdb.DuckDBPyConnection) -> None:
    means = directions.direction_means(many, reference=(0, 0), compared=(1, 0), chosen=Chosen(7))
    chosen = pl.col("label") == 7
    before, after = (table(rows(many, (m, 0)).filter(chosen), list(range(120))) for m in (0, 1))
    for row in means.iter_rows(named=True):
        k = row["class_id"]
        both = (after - before)[:, k]
        assert row["pairs"] == (~np.isnan(both)).sum()
        if row["pairs"]:
            assert row["shift"] == pytest.approx(np.nanmean(both))
    assert {7, 8, 9} <= set(means["class_id"])


def test_accuracy_change_of_each_class(many: duckdb.DuckDBPyConnection) -> None:
    changes = directions.class_accuracy_change(many, reference=(0, 0), compared=(1, 0))
    assert changes.height == 120
    assert changes.row(5) == (5, 3, pytest.approx(2 / 3), pytest.approx(2 / 3))


def _samples(
    connection: duckdb.DuckDBPyConnection, subset: DirectionRange | PredictedAs
) -> list[int]:
    chosen = Chosen(None, subset.to_sql(NAMES))
    return directions.sample_ids(connection, chosen=chosen)["sample_id"].to_list()


def test_a_range_of_angles_to_another_class_selects_those_within(
    many: duckdb.DuckDBPyConnection, tiny: duckdb.DuckDBPyConnection
) -> None:
    angle = table(rows(many, (0, 0)), [8])[:, 0]
    found = _samples(many, DirectionRange(Pair("net-dense", "clean"), "class 8", 30, 60))
    assert found == np.flatnonzero((angle >= 30) & (angle <= 60)).tolist()
    assert len(found) == 3 + 1  # the class's own samples and the one mistaken for it
    dead = DirectionRange(Pair("lenet5-magnitude-0.9", "clean"), "plane", None, 200)
    assert 0 not in _samples(tiny, dead)


def test_predicted_as_selects_by_the_answer(many: duckdb.DuckDBPyConnection) -> None:
    found = _samples(many, PredictedAs(Pair("net-magnitude-0.9", "clean"), "class 9"))
    expected = rows(many, (1, 0)).filter(pl.col("prediction") == 9)["sample_id"].to_list()
    assert found == expected


@pytest.mark.parametrize(
    "subset",
    [
        DirectionRange(Pair("a", "b"), "cat", None, 40.5),
        DirectionRange(Pair("a", "b"), "cat", 3.0, None),
        PredictedAs(Pair("a", "b"), "cat"),
    ],
)
def test_json_gives_them_back(subset: DirectionRange | PredictedAs) -> None:
    assert selection_json.loads(selection_json.dumps(subset)) == subset


def test_a_class_that_the_study_lacks_is_named() -> None:
    with pytest.raises(SelectionError, match="class 'horse'"):
        PredictedAs(Pair("net-dense", "clean"), "horse").to_sql(NAMES)


def test_sentences_say_what_is_meant() -> None:
    assert (
        DirectionRange(Pair("a", "b"), "cat", 40, None).sentence()
        == "angle to cat at least 40° under a (b)"
    )
    assert PredictedAs(Pair("a", "b"), "cat").sentence() == "predicted as cat under a (b)"
