"""The sentence about nearest directions that are not the prediction."""

from __future__ import annotations

import pytest

from core.display.components.nearest_words import nearest_words

LAYER = {"norm_low": 0.91666, "norm_high": 1.2, "bias_low": -0.25, "bias_high": 0.0}
NO_LAYER = dict.fromkeys(LAYER)
WHY = (
    ": the norms and biases of the class directions count as well, and move the boundary between "
    "two classes away from the middle between their directions."
)


@pytest.mark.parametrize(
    ("samples", "differing", "count"),
    [
        (1000, 7, "**7 of 1,000 samples (0.7\N{NO-BREAK SPACE}%)**"),
        (1, 1, "**1 of 1 sample (100.0\N{NO-BREAK SPACE}%)**"),
        (1000, 0, "none of 1,000 samples"),
    ],
)
def test_the_count_and_the_reason(samples: int, differing: int, count: str) -> None:
    start = f"Under this combination the nearest class direction is not the prediction in {count}"
    words = {"samples": samples, "differing": differing}
    assert nearest_words({**words, **NO_LAYER}) == start + WHY
    ends = " Here the norms reach from 0.917 to 1.2, the biases from \N{MINUS SIGN}0.25 to 0."
    assert nearest_words({**words, **LAYER}) == start + WHY + ends


def test_without_an_angle_nothing_is_said() -> None:
    assert nearest_words({"samples": 0, "differing": 0, **LAYER}) == ""
