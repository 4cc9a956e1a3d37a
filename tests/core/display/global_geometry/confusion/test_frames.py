"""Confusion matrices and their change, against plain counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import polars as pl
import pytest

from core.display.global_geometry.confusion.frames import matrices, numbers
from core.display.state.context import Context
from core.store.connection import Connection, query
from core.store.study import Study

NAMES = ["plane", "car", "bird", "cat"]


def predictions(connection: Connection) -> pl.DataFrame:
    return query(
        connection,
        """SELECT model_id, t.name AS class, p.name AS predicted FROM sample_metrics m
           JOIN classes t ON t.class_id = label JOIN classes p ON p.class_id = prediction
           WHERE condition_id = 0""",
    )


def percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole, 1)} %" if whole else "undefined"


@pytest.mark.parametrize("class_id", [None, 1])
def test_cells_are_the_counts_of_the_filtered_samples(
    context_of: Callable[..., Context], class_id: int | None
) -> None:
    context = context_of(class_id=class_id)
    found = matrices(context.study, context.paired)
    rows = context.study.ask(predictions)
    true_classes = NAMES if class_id is None else [NAMES[class_id]]
    rows = rows.filter(pl.col("class").is_in(true_classes))
    before, after = (
        Counter(rows.filter(pl.col("model_id") == model).drop("model_id").rows())
        for model in (0, 3)
    )
    pairs = [(t, p) for t in true_classes for p in NAMES if before[t, p] + after[t, p]]
    largest = max(abs(after[pair] - before[pair]) for pair in pairs)

    def of_class(counts: Counter[tuple[str, str]], true: str) -> int:
        return sum(counts[true, one] for one in NAMES)

    def precision(counts: Counter[tuple[str, str]], predicted: str) -> str:
        whole = sum(counts[one, predicted] for one in true_classes)
        return percent(counts[predicted, predicted], whole)

    assert found.cells.to_dicts() == [
        {
            "reference": before[true, predicted],
            "compared": after[true, predicted],
            "difference": after[true, predicted] - before[true, predicted],
            "strength": round((after[true, predicted] - before[true, predicted]) / largest, 3),
            "reference_share": before[true, predicted] / of_class(before, true),
            "reference_words": f"{before[true, predicted]} "
            f"({percent(before[true, predicted], of_class(before, true))} of {true})",
            "compared_share": after[true, predicted] / of_class(after, true),
            "compared_words": f"{after[true, predicted]} "
            f"({percent(after[true, predicted], of_class(after, true))} of {true})",
            "precision": f"{predicted}: reference {precision(before, predicted)}, "
            f"compared {precision(after, predicted)}",
            "class": true,
            "predicted": predicted,
            "row": true_classes.index(true),
            "column": NAMES.index(predicted),
        }
        for true, predicted in pairs
    ]
    count = len(true_classes)
    assert found.rows.to_dict(as_series=False) == {
        "position": list(range(count)), "name": true_classes, "own": [class_id is not None] * count,
        "largest": [largest] * count,
    }  # fmt: skip
    assert found.columns.to_dict(as_series=False) == {
        "position": [0, 1, 2, 3], "name": NAMES, "own": [class_id == k for k in range(4)],
    }  # fmt: skip
    for role, counts in (("reference", before), ("compared", after)):
        assert found.totals[role] == {
            "samples": counts.total(),
            "correct": sum(counts[one, one] for one in NAMES),
            "shown": counts.total(),
        }
    assert found.rule == ""
    assert found.one_class == (class_id is not None)


def test_a_class_that_is_never_predicted_has_no_precision(
    context_of: Callable[..., Context], many_classes: Callable[[int], Study]
) -> None:
    # class 1 is mistaken for 2 by the reference and for 3 by the compared
    context = context_of("net-magnitude-0.9", class_id=1, study=many_classes(10))
    found = matrices(context.study, context.paired)
    assert found.cells.select("predicted", "precision").rows() == [
        ("class 1", "class 1: reference 100.0 %, compared 100.0 %"),
        ("class 2", "class 2: reference 0.0 %, compared undefined"),
        ("class 3", "class 3: reference undefined, compared 0.0 %"),
    ]
    assert numbers(found, "reference") == "3 samples, accuracy 66.7\N{NO-BREAK SPACE}%"


def test_of_many_classes_those_that_change_most_are_shown(
    context_of: Callable[..., Context], many_classes: Callable[[int], Study]
) -> None:
    study = many_classes(100)
    own = matrices(study, context_of("net-magnitude-0.9", class_id=77, study=study).paired)
    assert own.columns.height == 20
    assert own.columns.filter("own")["name"].to_list() == ["class 77"]
    assert own.rows["name"].to_list() == ["class 77"]
    assert own.cells["reference"].sum() == own.cells["compared"].sum() == 3

    every = matrices(study, context_of("net-magnitude-0.9", study=study).paired)
    assert every.rows["name"].to_list() == every.columns["name"].to_list()
    assert every.columns.height == 20
    assert set(every.cells["class"]) <= set(every.columns["name"])
    assert every.rule.startswith("20 of 100 classes")
    shown = every.totals["reference"]["shown"]
    assert shown == every.cells["reference"].sum() < 300
    assert numbers(every, "reference").endswith(f"; {shown} of them in the cells shown")
