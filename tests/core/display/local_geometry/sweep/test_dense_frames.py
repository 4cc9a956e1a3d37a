"""Each model of a sweep against the dense model of its row."""

from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import binomtest

from core.display.local_geometry.sweep.dense_frames import (
    against_dense,
    dense_of_rows,
    difference_note,
)
from core.stats.paired import PairedAccuracy

STEPS = pl.DataFrame(
    {"model_id": [0, 1, 2, 3, 7], "dense_id": [0, 0, 0, 0, None]},
)
PAIRS = {
    (0, 0): PairedAccuracy(100, 90, 90, 0, 0),
    (0, 1): PairedAccuracy(100, 90, 84, 8, 2),
    (0, 2): PairedAccuracy(100, 90, 20, 71, 1),
}


def test_p_values_are_corrected_over_all_steps() -> None:
    rows = against_dense(STEPS, PAIRS, None)
    assert rows["difference (points)"].to_list() == [None, -6.0, -70.0, None, None]
    assert rows.select("fixed", "broken").row(1) == (2, 8)
    # two comparisons: the larger of the two keeps its value
    p_value = binomtest(2, 10, 0.5).pvalue
    assert float(rows["p (Holm)"][1]) == pytest.approx(p_value, rel=0.1)
    assert rows["p (Holm)"][2] == "< 0.0001"
    closer = {(0, 1): PAIRS[0, 1], (0, 2): PAIRS[0, 1]}
    assert float(against_dense(STEPS, closer, None)["p (Holm)"][1]) == pytest.approx(
        2 * p_value, rel=0.1
    )
    low, _, high = rows["95 % interval of it"][1].partition(" to ")
    assert low.startswith("−1")
    assert high == "+0.2"
    assert rows["change"][1] == (
        f"−6.0 points (95 % interval {low} to +0.2) against dense, 2 fixed, 8 broken"
    )


def test_samples_chosen_by_the_models_get_no_test() -> None:
    rows = against_dense(STEPS, PAIRS, "chosen by this; no test")
    assert rows["p (Holm)"].to_list() == [None, *["chosen by this; no test"] * 2, None, None]
    assert rows["95 % interval of it"].null_count() == 5
    assert rows["change"][2] == "−70.0 points against dense, 1 fixed, 71 broken"


def test_no_step_gives_no_row() -> None:
    empty = against_dense(STEPS.clear(), {}, None)
    assert empty.is_empty()
    assert empty.schema == against_dense(STEPS, PAIRS, None).schema


def test_each_row_has_the_dense_model_that_it_starts_with() -> None:
    models = pl.DataFrame(
        {"series": ["A", "A", "B"], "ratio": [0.0, 0.5, 0.5], "model_id": [4, 5, 6]}
    )
    assert dense_of_rows(models).rows() == [("A", 4)]


def test_the_note_says_over_how_many() -> None:
    assert "Holm's correction over 1 comparison." in difference_note(1, None)
    untested = difference_note(3, "hand-picked; no test")
    assert untested.endswith("broken is right → wrong; hand-picked; no test.")
