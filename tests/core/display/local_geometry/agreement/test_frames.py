"""Robust and fragile samples by rule, and the rows of a sweep."""

from __future__ import annotations

import polars as pl

from core.display.local_geometry.agreement.frames import FRAGILE, OTHER, ROBUST, pick
from core.display.local_geometry.sweep.frames import sweep_models, swept_series


def _samples(angles: list[float], lengths: list[float]) -> pl.DataFrame:
    count = len(angles)
    return pl.DataFrame(
        {
            "sample_id": range(count),
            "angle": angles,
            "length": lengths,
            "right": [3] * count,
            "models": [4] * count,
        }
    )


def test_small_angle_and_large_length_are_robust_and_the_reverse_fragile() -> None:
    found = pick(_samples([30, 80, 50, 40, 70, 55], [20, 2, 10, 18, 4, 11]), count=2)
    assert found["group"].to_list() == [ROBUST, FRAGILE, OTHER, ROBUST, FRAGILE, OTHER]
    assert found["share"].to_list() == [0.75] * 6


def test_angle_and_length_weigh_the_same_by_rank_not_by_unit() -> None:
    found = pick(_samples([10, 20, 30], [1, 1000, 999]), count=1)
    assert found.sort("score")["sample_id"].to_list()[0] == 1


def test_no_sample_is_both_and_few_samples_are_not_picked() -> None:
    assert set(pick(_samples([10, 20], [5, 6]))["group"]) == {OTHER}
    groups = pick(_samples([10, 20, 30], [5, 4, 3]))["group"].to_list()
    assert groups == [ROBUST, OTHER, FRAGILE]


MODELS = pl.DataFrame(
    {
        "model_id": [0, 1, 2, 3, 4, 5, 6],
        "network": ["net"] * 7,
        "method": ["dense", "magnitude", "magnitude", "magnitude", "taylor", "random", "random"],
        "ratio": [0.0, 0.9, 0.5, 0.5, 0.5, 0.3, 0.7],
        "retrained": [False] * 7,
        "scope": [None, *["global"] * 6],
        "seed": [0, 0, 0, 1, 0, 0, 0],
    }
)


def test_a_row_runs_from_the_dense_model_to_the_sparsest_with_the_first_seed() -> None:
    rows = sweep_models(MODELS, ["Random", "Magnitude"])
    assert rows.select("series", "step", "model_id", "panel").rows() == [
        ("Random", 0, 0, "dense"),
        ("Random", 1, 5, "30\u00a0% removed"),
        ("Random", 2, 6, "70\u00a0% removed"),
        ("Magnitude", 0, 0, "dense"),
        ("Magnitude", 1, 2, "50\u00a0% removed"),
        ("Magnitude", 2, 1, "90\u00a0% removed"),
    ]


def test_a_method_with_one_ratio_is_no_sweep() -> None:
    assert swept_series(MODELS) == ["Magnitude", "Random"]
