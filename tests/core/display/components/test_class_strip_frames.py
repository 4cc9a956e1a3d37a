"""The strip of classes on counts made by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from scipy.stats import binomtest

from core.display.components.class_strip_frames import MOST_CLASSES, class_drops, drop_rows
from core.stats.paired import paired_interval
from core.store.combination import Key
from core.store.queries.paired import PairedSamples
from tests.many_classes import write_many_class_study
from tests.open_study import open_study
from tests.study_file import write_study

COLUMNS = ["class", "samples", "reference_correct", "correct", "broken", "fixed"]
BY_HAND = pl.DataFrame(
    [("same", 10, 8, 8, 1, 1), ("falls", 20, 18, 9, 10, 1), ("rises", 10, 2, 5, 0, 3),
     ("also same", 5, 5, 5, 0, 0)],
    schema=COLUMNS, orient="row",
)  # fmt: skip


def test_the_largest_drop_comes_first_and_equal_ones_by_label() -> None:
    found = drop_rows(BY_HAND, None)
    assert found.select("class", "place", "reference", "compared").rows() == [
        ("falls", 0, 0.9, 0.45), ("same", 1, 0.8, 0.8), ("also same", 2, 1.0, 1.0),
        ("rises", 3, 0.2, 0.5),
    ]  # fmt: skip
    low, high = paired_interval(10, 1, 20)
    assert found.select("low", "high").row(0) == pytest.approx((0.9 + low, 0.9 + high))
    cut = found.row(2, named=True)
    assert cut["high"] == 1.0
    p_value = 4 * binomtest(1, 11).pvalue  # Holm: the smallest of four
    assert f"p {p_value:.2g} (exact McNemar, Holm over the classes)" in found["words"][0]


def test_without_a_test_there_is_no_interval() -> None:
    found = drop_rows(BY_HAND, "chosen by this; no test")
    assert found.select("low", "high").null_count().row(0) == (4, 4)
    assert all(words.endswith("chosen by this; no test") for words in found["words"])
    assert not any("interval" in words for words in found["words"])


def test_the_headline_names_the_worst_class_without_an_interval(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb"))
    found = class_drops(study, PairedSamples(Key(0, 0), Key(2, 2)), None)
    first = found.rows.row(0, named=True)
    assert found.headline is not None
    assert found.headline.startswith(f"Largest drop: class {first['class']}, −")
    assert "interval" not in found.headline
    back = class_drops(study, PairedSamples(Key(2, 2), Key(2, 2)), None)
    assert back.headline == "No class drops"
    assert class_drops(study, PairedSamples(Key(0, 0), Key(99, 0)), None).headline is None


def test_of_a_thousand_classes_those_with_the_largest_drops_are_drawn(tmp_path: Path) -> None:
    study = open_study(write_many_class_study(tmp_path / "many.duckdb", classes=1000))
    found = class_drops(study, PairedSamples(Key(0, 0), Key(1, 0)), None)
    assert (found.rows.height, found.classes) == (MOST_CLASSES, 1000)
