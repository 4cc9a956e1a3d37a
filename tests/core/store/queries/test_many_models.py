"""The same samples under many models, against polars over the same rows."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from core.store.combination import Key
from core.store.connection import Connection, connect, query
from core.store.queries.many_models import (
    answers_of_models,
    mean_metrics,
    positions_under_models,
    ranges_of_models,
    times_correct,
)
from core.store.subsets.base import SampleFilter, Where
from tests.study_file import write_study

EVEN = SampleFilter(None, Where("samples.sample_id % $subset_0 = 0", (("subset_0", 2),)))


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(connection: Connection) -> pl.DataFrame:
    found = query(connection, "SELECT * FROM sample_metrics WHERE condition_id = 2")
    return found.with_columns(pl.col("angle", "length", "margin").cast(pl.Float64))


@pytest.mark.parametrize("sample_filter", [SampleFilter(), SampleFilter(3), EVEN])
def test_means_are_over_defined_values_of_the_filtered_samples(
    connection: Connection, rows: pl.DataFrame, sample_filter: SampleFilter
) -> None:
    if sample_filter.class_id is not None:
        rows = rows.filter(pl.col("label") == sample_filter.class_id)
    if sample_filter.where is not None:
        rows = rows.filter(pl.col("sample_id") % 2 == 0)
    expected = (
        rows.group_by("model_id")
        .agg(pl.len(), pl.col("correct").sum(), pl.col("angle", "length", "margin").mean())
        .sort("model_id")
    )
    found = mean_metrics(connection, condition_id=2, sample_filter=sample_filter)
    for one, other in zip(found.rows(), expected.rows(), strict=True):
        assert one == pytest.approx(other, rel=1e-6)


def test_every_model_shows_the_same_samples(connection: Connection) -> None:
    found = positions_under_models(
        connection, model_ids=[0, 1, 3], condition_id=2, sample_filter=SampleFilter(1), limit=6
    )
    groups = found.group_by("model_id").agg(pl.col("sample_id")).sort("model_id")
    assert groups["model_id"].to_list() == [0, 1, 3]
    assert len({tuple(ids) for ids in groups["sample_id"].to_list()}) == 1
    assert len(groups["sample_id"][0]) == 6
    assert all(sample % 4 == 1 for sample in found["sample_id"])


def test_ranges_hold_all_classes_of_all_the_models(
    connection: Connection, rows: pl.DataFrame
) -> None:
    found = ranges_of_models(connection, model_ids=[1, 2], condition_id=2)
    some = rows.filter(pl.col("model_id").is_in([1, 2]))
    assert found.rows() == [
        (name, pytest.approx(some[name].min()), pytest.approx(some[name].max()))
        for name in ("angle", "length", "margin")
    ]


def test_each_sample_counts_the_models_that_get_it_right(
    connection: Connection, rows: pl.DataFrame
) -> None:
    found = times_correct(
        connection, reference=Key(2, 2), model_ids=[0, 1, 3], sample_filter=SampleFilter(0)
    )
    counted = rows.filter(pl.col("model_id").is_in([0, 1, 3]) & (pl.col("label") == 0))
    expected = counted.group_by("sample_id").agg(right=pl.col("correct").sum()).sort("sample_id")
    # sample 0 has no angle under model 2
    assert found["sample_id"].to_list() == expected["sample_id"].to_list()[1:]
    assert found["right"].to_list() == expected["right"].to_list()[1:]
    assert set(found["models"]) == {3}
    place = rows.filter((pl.col("model_id") == 2) & (pl.col("sample_id") == 4))
    assert found.row(0, named=True)["angle"] == pytest.approx(place["angle"][0])


def test_answers_come_for_each_model_and_sample(connection: Connection, rows: pl.DataFrame) -> None:
    found = answers_of_models(connection, model_ids=[1, 3], condition_id=2, sample_ids=[5, 2])
    assert found.select("model_id", "sample_id").rows() == [(1, 2), (1, 5), (3, 2), (3, 5)]
    names = ("plane", "car", "bird", "cat")
    for row in found.iter_rows(named=True):
        original = rows.filter(
            (pl.col("model_id") == row["model_id"]) & (pl.col("sample_id") == row["sample_id"])
        )
        assert row["correct"] == original["correct"][0]
        assert row["predicted"] == names[original["prediction"][0]]
