"""Confusion and accuracy by class, against the rows counted by polars."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.store.combination import Key
from core.store.connection import connect, query
from core.store.queries.confusion import class_accuracy_change, confusion
from core.store.subsets.base import SampleFilter
from tests.many_classes import write_many_class_study
from tests.study_file import write_study


@pytest.mark.parametrize("label", [None, 1])
def test_confusion_counts_every_prediction(tmp_path: Path, label: int | None) -> None:
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        rows = query(
            connection, "SELECT * FROM sample_metrics WHERE model_id = 3 AND condition_id = 2"
        )
        found = confusion(connection, Key(3, 2), sample_filter=SampleFilter(label))
    filtered = rows if label is None else rows.filter(pl.col("label") == label)
    expected = filtered.group_by("label", "prediction").len().sort("label", "prediction")
    assert found.rows() == expected.rows()


def test_accuracy_change_of_each_class(tmp_path: Path) -> None:
    with connect(write_many_class_study(tmp_path / "many.duckdb", classes=120)) as connection:
        changes = class_accuracy_change(connection, reference=Key(0, 0), compared=Key(1, 0))
    assert changes.height == 120
    assert changes.row(5) == (5, 3, pytest.approx(2 / 3), pytest.approx(2 / 3))
