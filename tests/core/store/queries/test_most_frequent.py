"""Degenerate models by condition, against the rows counted by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.connection import Connection, connect, query
from core.store.queries.most_frequent import most_frequent_predictions
from tests.study_file import CLASSES, MODELS, write_study


def predicted(connection: Connection, condition_id: int) -> pl.DataFrame:
    sql = "SELECT model_id, prediction FROM sample_metrics WHERE condition_id = $c"
    return query(connection, sql, {"c": condition_id})


@pytest.mark.parametrize("condition_id", [0, 2])
def test_the_most_frequent_prediction_of_each_model(tmp_path: Path, condition_id: int) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    with duckdb.connect(str(path)) as connection:  # model 3 answers "bird" 31 of 40 times in fog
        connection.execute(
            "UPDATE sample_metrics SET prediction = 2 "
            "WHERE model_id = 3 AND condition_id = 2 AND sample_id < 31"
        )
        connection.execute(
            "UPDATE sample_metrics SET prediction = 0 "
            "WHERE model_id = 3 AND condition_id = 2 AND sample_id >= 31"
        )
        for table in ("prediction_rollup", "most_frequent_prediction"):
            connection.execute(f"DELETE FROM {table}")
        rollups = (Path(__file__).parents[4] / "core/store/rollups.sql").read_text()
        for statement in rollups.split(";"):
            if "INTO prediction_rollup" in statement or "INTO most_frequent" in statement:
                connection.execute(statement)
    with connect(path) as connection:
        found = most_frequent_predictions(connection, condition_id)
        rows = predicted(connection, condition_id)
    expected = []
    for model_id in range(len(MODELS)):
        answers = rows.filter(pl.col("model_id") == model_id)["prediction"].to_list()
        counts = [answers.count(k) for k in range(4)]
        most = max(counts)
        expected.append((model_id, CLASSES[counts.index(most)], most / 40, 0.5, most > 20))
    assert_frame_equal(
        found,
        pl.DataFrame(
            expected,
            schema={
                "model_id": pl.UInt16,
                "prediction": pl.String,
                "share": pl.Float64,
                "degenerate_above": pl.Float64,
                "degenerate": pl.Boolean,
            },
            orient="row",
        ),
    )
    assert found["degenerate"].to_list() == [False, False, False, condition_id == 2]


def test_a_condition_that_is_not_there_has_no_rows(tmp_path: Path) -> None:
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        assert most_frequent_predictions(connection, 99).is_empty()
