"""The change of a confusion matrix, against plain counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import polars as pl

from core.display.global_geometry.confusion.frames import changed_cells
from core.display.state.context import Context
from core.store.connection import Connection, query
from core.store.study import Study


def predictions(connection: Connection) -> pl.DataFrame:
    return query(
        connection,
        """SELECT model_id, t.name AS class, p.name AS predicted FROM sample_metrics m
           JOIN classes t ON t.class_id = label JOIN classes p ON p.class_id = prediction
           WHERE condition_id = 0""",
    )


def test_cells_are_the_differences_of_two_matrices(context_of: Callable[..., Context]) -> None:
    context = context_of(class_id=1)
    change = changed_cells(context.study, context.paired)
    rows = context.study.ask(predictions)
    names = ["plane", "car", "bird", "cat"]
    counts = {
        model: Counter(rows.filter(pl.col("model_id") == model).drop("model_id").rows())
        for model in (0, 3)
    }
    expected = {
        (true, predicted): (counts[0][true, predicted], counts[3][true, predicted])
        for true in names
        for predicted in names
        if counts[0][true, predicted] + counts[3][true, predicted]
    }
    largest = max(abs(after - before) for before, after in expected.values())
    assert change.cells.to_dicts() == [
        {
            "reference": before,
            "compared": after,
            "difference": after - before,
            "class": true,
            "row": names.index(true),
            "predicted": predicted,
            "column": names.index(predicted),
            "strength": round(abs(after - before) / largest, 3),
        }
        for (true, predicted), (before, after) in expected.items()
    ]
    assert change.classes.to_dict(as_series=False) == {
        "position": [0, 1, 2, 3], "name": names, "own": [False, True, False, False],
    }  # fmt: skip
    assert change.rule == ""


def test_of_many_classes_those_that_change_most_are_shown(
    context_of: Callable[..., Context], many_classes: Callable[[int], Study]
) -> None:
    context = context_of("net-magnitude-0.9", class_id=77, study=many_classes(100))
    change = changed_cells(context.study, context.paired)
    assert change.classes.height == 20
    assert change.classes.filter("own")["name"].to_list() == ["class 77"]
    assert set(change.cells["class"]) <= set(change.classes["name"])
    assert change.rule.startswith("20 of 100 classes")
