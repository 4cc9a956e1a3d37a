"""What models predict, counted by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from core.store.connection import connect
from core.store.queries.predictions import most_frequent_predictions, predicted_counts
from core.store.rows import CLEAN, ModelRow
from tests.answered_study import FOG, write_answered_study

LABELS = [0, 1, 2, 3] * 10
PREDICTIONS = {
    ("a", "clean"): LABELS,
    ("a", "fog-5"): [2] * 31 + [0] * 9,
    ("b", "clean"): [3] * 20 + [1] * 20,
    ("b", "fog-5"): [1] * 40,
}


def written(path: Path) -> Path:
    models = [ModelRow(name=name, network="net", seed=i) for i, name in enumerate("ab")]
    conditions = [CLEAN, FOG]
    return write_answered_study(path, LABELS, PREDICTIONS, models=models, conditions=conditions)


def test_the_most_frequent_prediction_of_each_model_and_condition(tmp_path: Path) -> None:
    with connect(written(tmp_path / "s.duckdb")) as connection:
        found = most_frequent_predictions(connection)
    rows = [
        (0, 0, "class 0", 0.25, False),  # the first of equals
        (0, 1, "class 2", 31 / 40, True),
        (1, 0, "class 1", 0.5, False),  # a half is not more than a half
        (1, 1, "class 1", 1.0, True),
    ]
    columns = ["model_id", "condition_id", "predicted", "share", "degenerate"]
    expected = pl.DataFrame(rows, schema=columns, orient="row")
    assert_frame_equal(found.drop("degenerate_above"), expected, check_dtypes=False)
    assert found["degenerate_above"].unique().to_list() == [0.5]


def test_how_often_a_class_is_predicted(tmp_path: Path) -> None:
    with connect(written(tmp_path / "s.duckdb")) as connection:
        found = predicted_counts(connection, class_id=1)
        never = predicted_counts(connection, class_id=7)
    expected = pl.DataFrame(
        {"model_id": [0, 1, 1], "condition_id": [0, 0, 1], "predicted": [10, 20, 40]}
    )
    assert_frame_equal(found, expected, check_dtypes=False)
    assert never.is_empty()
