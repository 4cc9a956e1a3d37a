"""The rule by angle and length, on ranks that are known."""

from __future__ import annotations

import polars as pl
import pytest

from core.stats.fragility_score import fragility_score


def scores(angle: list[float], length: list[float]) -> list[float]:
    return pl.DataFrame({"angle": angle, "length": length}).select(fragility_score())[
        "angle"
    ].to_list()  # fmt: skip


def test_small_angles_and_large_lengths_come_first() -> None:
    assert scores([10, 20, 30], [9, 8, 7]) == [0.0, 0.5, 1.0]
    assert scores([10, 20, 30], [7, 8, 9]) == [0.5, 0.5, 0.5]


def test_equal_values_share_their_ranks() -> None:
    assert scores([10, 10, 30], [5, 5, 5]) == pytest.approx([0.375, 0.375, 0.75])


def test_one_sample_is_first() -> None:
    assert scores([40], [3]) == [0.0]
