"""Subsets by prediction and by the angle to a class, over studies that store few angles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from core.store.combination import Combination, Key
from core.store.connection import Connection, connect, query
from core.store.queries.class_angles import axis_values
from core.store.queries.study import sample_ids
from core.store.subsets import json_format
from core.store.subsets.base import Names, SampleFilter, Subset, SubsetError
from core.store.subsets.predicates import PredictedAs
from core.store.subsets.ranges import AngleToClass, Range, RangeFilter
from tests.many_classes import write_many_class_study
from tests.study_file import CLASSES, write_study

NAMES = Names(
    {"net-dense": 0, "net-magnitude-0.9": 1, "lenet5-magnitude-0.9": 2},
    {"clean": 0},
    {name: i for i, name in enumerate(CLASSES)} | {f"class {k}": k for k in range(120)},
)
A_B = Combination("a", "b")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("studies") / "many.duckdb"
    with connect(write_many_class_study(path, classes=120)) as opened:
        yield opened


def angle_to(combination: Combination, class_name: str, limits: Range) -> RangeFilter:
    return RangeFilter(AngleToClass(combination, class_name), limits)


def samples(connection: Connection, subset: Subset) -> list[int]:
    sample_filter = SampleFilter(None, subset.to_sql(NAMES))
    return sample_ids(connection, sample_filter=sample_filter)["sample_id"].to_list()


def test_a_range_of_angles_to_another_class_selects_those_within(many: Connection) -> None:
    angles = axis_values(many, Key(0, 0), class_ids=(8,))["v0"].cast(pl.Float64).to_numpy()
    found = samples(many, angle_to(Combination("net-dense", "clean"), "class 8", Range(30, 60)))
    assert found == np.flatnonzero((angles >= 30) & (angles <= 60)).tolist()
    assert len(found) == 3 + 1  # the class's own samples and the one mistaken for it


def test_a_sample_without_an_angle_is_in_no_range(tmp_path_factory: pytest.TempPathFactory) -> None:
    dead = Combination("lenet5-magnitude-0.9", "clean")
    with connect(write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb")) as tiny:
        found = samples(tiny, angle_to(dead, "plane", Range(None, 200)))
    assert found == list(range(1, 40))


def test_predicted_as_selects_by_the_answer(many: Connection) -> None:
    found = samples(many, PredictedAs(Combination("net-magnitude-0.9", "clean"), "class 9"))
    rows = query(many, "SELECT * FROM sample_metrics WHERE model_id = 1 ORDER BY sample_id")
    assert found == rows.filter(pl.col("prediction") == 9)["sample_id"].to_list()


@pytest.mark.parametrize(
    "subset",
    [
        angle_to(A_B, "cat", Range(None, 40.5)),
        angle_to(A_B, "cat", Range(3.0)),
        PredictedAs(A_B, "cat"),
    ],
)
def test_json_gives_them_back(subset: Subset) -> None:
    assert json_format.loads(json_format.dumps(subset)) == subset


def test_a_class_that_the_study_lacks_is_named() -> None:
    with pytest.raises(SubsetError, match="class 'horse'"):
        PredictedAs(Combination("net-dense", "clean"), "horse").to_sql(NAMES)


def test_sentences_say_what_is_meant() -> None:
    words = angle_to(A_B, "cat", Range(40)).sentence()
    assert words == "angle to cat at least 40° under a (b)"
    assert PredictedAs(A_B, "cat").sentence() == "predicted as cat under a (b)"
