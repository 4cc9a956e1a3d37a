"""What is said of two combinations on the same samples."""

from __future__ import annotations

import pytest

from core.display.paired_words import (
    CHOSEN,
    as_paired,
    mean_interval_words,
    no_test,
    p_words,
    paired_words,
    signed,
)
from core.stats.bootstrap import MeanInterval
from core.store.combination import Combination
from core.store.subsets.predicates import Correctness, OfClass, SampleIds

ROW = {
    "model_id": 3,
    "samples": 1360,
    "reference_correct": 1334,
    "correct": 1270,
    "broken": 93,
    "fixed": 29,
}


def as_read(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_row_becomes_one_line() -> None:
    assert as_read(paired_words(as_paired(ROW))) == (
        "Accuracy 98.1 % → 93.4 % of 1,360 samples · difference −4.7 points (95 % interval "
        "−6.3 to −3.2) · 29 fixed (wrong → right), 93 broken (right → wrong) · "
        "exact McNemar p < 0.0001"
    )
    unclear = ROW | {"correct": 1330, "broken": 12, "fixed": 8}
    assert as_read(paired_words(as_paired(unclear))).endswith(
        "8 fixed (wrong → right), 12 broken (right → wrong) · exact McNemar p = 0.5"
    )


def test_samples_chosen_by_the_models_get_neither_interval_nor_p() -> None:
    text = as_read(paired_words(as_paired(ROW), untested=CHOSEN))
    assert text == (
        "Accuracy 98.1 % → 93.4 % of 1,360 samples · difference −4.7 points · 29 fixed "
        "(wrong → right), 93 broken (right → wrong) · chosen by this; no test"
    )


def test_one_sample_that_nothing_happens_to() -> None:
    row = {"samples": 1, "reference_correct": 1, "correct": 1, "broken": 0, "fixed": 0}
    assert as_read(paired_words(as_paired(row))) == (
        "Accuracy 100.0 % → 100.0 % of 1 sample · difference 0.0 points (95 % interval "
        "−79.3 to +79.3) · 0 fixed (wrong → right), 0 broken (right → wrong) · "
        "exact McNemar p = 1"
    )


@pytest.mark.parametrize(
    ("number", "words"), [(-4.71, "−4.7"), (0.04, "0.0"), (-0.04, "0.0"), (3, "+3.0")]
)
def test_a_sign_is_a_minus_and_zero_has_none(number: float, words: str) -> None:
    assert signed(number) == words


@pytest.mark.parametrize(
    ("p_value", "words"), [(0, "p < 0.0001"), (0.00012, "p = 0.00012"), (0.0312, "p = 0.031")]
)
def test_p_values_are_rounded(p_value: float, words: str) -> None:
    assert p_words(p_value) == words


def test_why_samples_are_not_tested() -> None:
    wrong = Correctness(Combination("dense", "fog-3"), correct=False)
    assert no_test(wrong, {"dense"}) == "chosen by this; no test"
    assert no_test(SampleIds((1, 2)), {"dense"}) == "hand-picked; no test"
    assert no_test(OfClass("cat"), {"dense"}) is None


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (MeanInterval(2.0, 40, (1.0, 3.004)), "95 % interval +1.00 to +3.00"),
        (MeanInterval(2.0, 9, (1.0, 3.0)), "95 % interval +1.00 to +3.00, few samples: 9"),
        (MeanInterval(2.0, 4, None), "no interval: 4 samples"),
        (MeanInterval(2.0, 1, None, constant=True), "no interval: 1 sample"),
        (MeanInterval(2.0, 1200, None, constant=True),
         "no interval: the same for all 1,200 samples"),
    ],
)  # fmt: skip
def test_an_interval_or_why_there_is_none(found: MeanInterval, words: str) -> None:
    assert mean_interval_words(found) == words
    assert mean_interval_words(found, untested=CHOSEN) == CHOSEN
