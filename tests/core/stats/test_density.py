from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.stats.density import shared_ranges, smooth_densities

RANGES = {"angle": (0.0, 90.0), "length": (0.0, 10.0), "margin": (-5.0, 5.0)}


def _metric_range(metric: str, low: float | None, high: float | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"metric": [metric], "low": [low], "high": [high]},
        schema={"metric": pl.String, "low": pl.Float64, "high": pl.Float64},
    )


def test_a_shared_range_holds_both_combinations() -> None:
    ranges = shared_ranges(_metric_range("margin", -2, 1), _metric_range("margin", 0, 8))
    low, high = ranges["margin"]
    assert low == pytest.approx(-3)
    assert high == pytest.approx(9)


def test_lengths_and_angles_never_start_below_zero() -> None:
    ranges = shared_ranges(_metric_range("length", 0.1, 5), _metric_range("angle", 1, 80))
    assert ranges["length"][0] == 0
    assert ranges["angle"][0] == 0


@pytest.mark.parametrize(("low", "high"), [(None, None), (3.0, 3.0), (0.0, 0.0)])
def test_a_range_without_width_still_has_one(low: float | None, high: float | None) -> None:
    for found in shared_ranges(_metric_range("margin", low, high)).values():
        assert found[0] < found[1]


@given(st.dictionaries(st.integers(0, 31), st.integers(1, 1000), min_size=1, max_size=32))
def test_the_area_under_each_curve_is_one(counts: dict[int, int]) -> None:
    histogram = pl.DataFrame(
        {
            "metric": ["length"] * len(counts),
            "outcome": ["correct"] * len(counts),
            "bin": list(counts),
            "samples": list(counts.values()),
        }
    )
    curve = smooth_densities(histogram, RANGES, group="outcome", bins=32)
    assert curve["density"].sum() * 10 / 32 == pytest.approx(1)
    assert curve["density"].min() >= 0
    assert set(curve["samples"]) == {sum(counts.values())}


def test_many_normal_values_give_back_the_normal_density() -> None:
    values = np.random.default_rng(0).normal(45, 8, 20_000)
    counts, _ = np.histogram(values, bins=128, range=(0, 90))
    histogram = pl.DataFrame(
        {
            "metric": ["angle"] * 128,
            "outcome": ["correct"] * 128,
            "bin": range(128),
            "samples": counts,
        }
    ).filter(pl.col("samples") > 0)
    curve = smooth_densities(histogram, RANGES, group="outcome")
    expected = np.exp(-0.5 * ((curve["value"].to_numpy() - 45) / 8) ** 2) / (8 * np.sqrt(2 * np.pi))
    assert np.abs(curve["density"].to_numpy() - expected).max() < 0.08 * expected.max()


def test_no_samples_give_no_curves() -> None:
    histogram = pl.DataFrame(
        schema={"metric": pl.String, "outcome": pl.String, "bin": pl.Int32, "samples": pl.Int64}
    )
    assert smooth_densities(histogram, RANGES, group="outcome").columns == [
        "metric",
        "outcome",
        "value",
        "density",
        "samples",
    ]


def test_a_probability_ranges_from_0_to_1_whatever_is_found() -> None:
    found = shared_ranges(_metric_range("angle", 20, 30), metrics=("true_probability", "angle"))
    assert found == {"true_probability": (0.0, 1.0), "angle": pytest.approx((19, 31))}
