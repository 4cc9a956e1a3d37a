"""Rollups over predictions: the most frequent one, when it is too frequent, and exact sums."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.connection import Connection, connect, query
from core.store.rows import ModelRow
from core.store.writing.tables import fill_rollups
from tests.answered_study import write_answered_study


def rolled_up(
    path: Path, labels: Sequence[int], predictions: Sequence[Sequence[int]], *, threads: int = 2
) -> Connection:
    """A study under clean images whose models predict this."""
    models = [ModelRow(name=f"m{i}", network="n", seed=i) for i in range(len(predictions))]
    answers = {(f"m{i}", "clean"): predicted for i, predicted in enumerate(predictions)}
    write_answered_study(path, labels, answers, models=models, threads=threads)
    return connect(path)


BALANCED = [0, 1, 2, 3, 4] * 20


@pytest.mark.parametrize(
    ("labels", "predictions", "expected"),
    [
        (BALANCED, [4] * 51 + [0] * 49, (0.51, 0.5, True)),
        (BALANCED, [4] * 50 + [0] * 50, (0.5, 0.5, False)),
        (BALANCED, [4] * 100, (1.0, 0.5, True)),
        ([0, 1] * 50, [1] * 60 + [0] * 40, (0.6, 2 / 3, False)),
        ([0, 1] * 50, [1] * 67 + [0] * 33, (0.67, 2 / 3, True)),
        ([0] * 90 + [1] * 10, [0] * 93 + [1] * 7, (0.93, 2.8 / 3, False)),
        ([0] * 90 + [1] * 10, [0] * 94 + [1] * 6, (0.94, 2.8 / 3, True)),
        ([3], [3], (1.0, 1.0, False)),
    ],
)
def test_a_model_is_degenerate_where_one_class_takes_too_many_predictions(
    tmp_path: Path, labels: list[int], predictions: list[int], expected: tuple[float, float, bool]
) -> None:
    with rolled_up(tmp_path / "s.duckdb", labels, [predictions]) as connection:
        found = query(connection, "FROM most_frequent_prediction").row(0, named=True)
    assert (found["share"], found["degenerate_above"]) == pytest.approx(expected[:2])
    assert found["degenerate"] is expected[2]


def test_the_first_of_equally_frequent_predictions_is_named(tmp_path: Path) -> None:
    with rolled_up(tmp_path / "s.duckdb", [0, 1, 2], [[2, 1, 0], [2, 2, 1]]) as connection:
        found = query(connection, "SELECT prediction FROM most_frequent_prediction")
        predicted = query(connection, "FROM prediction_rollup ORDER BY ALL")
    assert found["prediction"].to_list() == [0, 2]
    assert predicted.rows() == [
        (0, 0, 0, 1),
        (0, 0, 1, 1),
        (0, 0, 2, 1),
        (1, 0, 1, 1),
        (1, 0, 2, 2),
    ]


def test_recall_stands_beside_precision(tmp_path: Path) -> None:
    labels, predicted = [0, 0, 1, 1, 2], [0, 0, 0, 1, 0]
    with rolled_up(tmp_path / "s.duckdb", labels, [predicted]) as connection:
        found = query(
            connection,
            "SELECT class, recall, predicted, precision FROM class_accuracy ORDER BY class",
        )
    expected = pl.DataFrame(
        {
            "class": ["class 0", "class 1", "class 2"],
            "recall": [1.0, 0.5, 0.0],
            "predicted": pl.Series([4, 1, 0], dtype=pl.Int32),
            "precision": [0.5, 1.0, None],
        }
    )
    assert_frame_equal(found, expected)


def test_sums_are_the_same_on_any_number_of_threads(tmp_path: Path) -> None:
    labels = [0, 1, 2] * 150_000
    found = []
    for threads in (1, 2, 8):
        path = tmp_path / f"{threads}.duckdb"
        with rolled_up(path, labels, [labels], threads=threads) as connection:
            found.append(query(connection, "FROM accuracy_rollup ORDER BY ALL"))
    assert_frame_equal(found[1], found[0], check_exact=True)
    assert_frame_equal(found[2], found[0], check_exact=True)


def test_the_number_of_threads_is_as_before_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    rolled_up(path, [0, 1], [[0, 1]]).close()
    with duckdb.connect(str(path), config={"threads": 3}) as connection:
        connection.execute("DELETE FROM most_frequent_prediction")
        fill_rollups(connection)
        assert query(connection, "SELECT current_setting('threads')").item() == 3
