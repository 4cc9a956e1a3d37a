"""Changes class by class, against rows counted in Python."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from core.store.combination import Key
from core.store.connection import Connection
from core.store.queries.class_changes import class_changes
from core.store.queries.paired import PairedSamples
from core.store.subsets.base import SampleFilter
from tests.study_file import CLASSES

REFERENCE, COMPARED = Key(0, 0), Key(2, 2)


@pytest.mark.parametrize("sample_filter", [SampleFilter(), SampleFilter(1)])
def test_counts_are_those_of_the_rows(
    connection: Connection, rows: pl.DataFrame, sample_filter: SampleFilter
) -> None:
    sides = []
    for key in (REFERENCE, COMPARED):
        model_id, condition_id = key
        side = rows.filter(model_id=model_id, condition_id=condition_id).sort("sample_id")
        sides.append(side.select("label", "correct").rows())
    counted: dict[int, Counter[str]] = {}
    for (label, before), (_, after) in zip(*sides, strict=True):
        counts = counted.setdefault(label, Counter())
        counts.update(
            samples=1,
            reference_correct=before,
            correct=after,
            broken=before and not after,
            fixed=after and not before,
        )
    columns = ["samples", "reference_correct", "correct", "broken", "fixed"]
    expected = [
        (CLASSES[label], *(counts[name] for name in columns))
        for label, counts in sorted(counted.items())
        if sample_filter.class_id in (None, label)
    ]
    found = class_changes(connection, PairedSamples(REFERENCE, COMPARED, sample_filter))
    assert found.columns == ["class", *columns]
    assert found.rows() == expected
    assert sum(row[4] for row in expected) > 0


def test_without_rows_there_is_no_class(connection: Connection) -> None:
    assert class_changes(connection, PairedSamples(REFERENCE, Key(99, 0))).is_empty()
