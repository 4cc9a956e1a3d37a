"""The map of angle and length, against the same rows by hand."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from core.store.combination import Key
from core.store.connection import Connection, connect, query
from core.store.queries.prediction_map import prediction_map
from tests.study_file import write_study

KEY = Key(2, 1)
RANGES = {"angle": (20.0, 80.0), "length": (0.0, 16.0), "margin": (-5.0, 5.0)}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(connection: Connection) -> pl.DataFrame:
    return query(
        connection,
        "SELECT s.*, c.name AS class FROM sample_metrics s JOIN classes c ON class_id = label "
        "WHERE model_id = $model_id AND condition_id = $condition_id ORDER BY sample_id",
        KEY.values(),
    )


def test_a_cell_of_the_map_holds_the_mean_of_its_samples(
    connection: Connection, rows: pl.DataFrame
) -> None:
    found = prediction_map(connection, KEY, ranges=RANGES, bins=4)
    assert found["samples"].sum() == rows["angle"].count() == rows.height - 1
    cell = rows.filter(
        pl.col("angle").is_between(50, 65, closed="left")
        & pl.col("length").is_between(4, 8, closed="left")
    )
    (row,) = found.filter((pl.col("angle_bin") == 2) & (pl.col("length_bin") == 1)).to_dicts()
    assert row["samples"] == cell.height > 3
    assert row["right"] == pytest.approx(cell["correct"].mean())
    assert row["confidence"] == pytest.approx(cell["confidence"].mean())
