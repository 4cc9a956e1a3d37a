"""Intervals from drags, and shifts with intervals, against what they must be."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.display.global_geometry_axes import Axis
from core.display.global_geometry_intervals import Interval, of_drag, parse
from core.display.global_geometry_shift import shifts_with_intervals

AXES = (
    Axis("cat", 0, 20.0, 140.0),
    Axis("dog", 1, 20.0, 140.0, own=True),
    Axis("length", None, 0.0, 10.0),
    Axis("margin", None, -5.0, 5.0),
)


def test_a_drag_along_an_axis_is_an_interval_in_its_unit() -> None:
    found = of_drag({"position": [0.95, 1.1], "height": [0.25, 0.5]}, AXES, "compared")
    assert found == (Interval("compared", "angle", "dog", 50.0, 80.0),)
    assert found[0].words() == "angle to dog 50° to 80°, compared"


def test_a_drag_beside_an_axis_belongs_to_the_nearest() -> None:
    (found,) = of_drag({"position": [2.2, 2.3], "height": [0.1, 0.2]}, AXES, "reference")
    assert (found.kind, found.low, found.high) == ("length", 1.0, 2.0)


def test_a_drag_across_axes_counts_for_each() -> None:
    found = of_drag({"position": [-0.2, 1.2], "height": [0.5, 1.2]}, AXES, "reference")
    assert [one.class_name for one in found] == ["cat", "dog"]
    assert all(one.low == 80.0 and one.high is None for one in found)


@pytest.mark.parametrize(
    "box",
    [
        {},
        {"position": [0, 1]},
        {"position": [0, 0.1], "height": [1.01, 1.05]},
        {"position": [0, 0.1], "height": [-0.02, 1.02]},
        {"position": [3.6, 3.7], "height": [0.2, 0.3]},
    ],
)
def test_a_drag_that_takes_nothing_away_is_no_interval(box: dict[str, list[float]]) -> None:
    assert of_drag(box, AXES, "reference") == ()


numbers = st.floats(-200, 200, allow_nan=False).map(lambda x: round(x, 2))


@given(st.sampled_from(["reference", "compared"]), st.text(min_size=1), numbers, numbers)
def test_the_url_gives_back_an_interval(role: str, name: str, one: float, other: float) -> None:
    interval = Interval(role, "angle", name, min(one, other), max(one, other))
    assert parse(interval.text()) == interval
    half = Interval(role, "margin", "", None, one)
    assert parse(half.text()) == half


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "reference:angle:1:2:", "reference:length:1:2:cat", "other:length:1:2:",
     "reference:length:::", "reference:length:nan:2:", "reference:length:3:2:",
     "reference:confidence:0:1:", "reference:length:a:2:"],
)  # fmt: skip
def test_a_text_that_is_no_interval_gives_none(text: str) -> None:
    assert parse(text) is None


def test_the_shift_of_a_mean_holds_the_plain_paired_bootstrap() -> None:
    rng = np.random.default_rng(3)
    change = rng.normal(2.0, 5.0, 400)
    edges = np.linspace(change.min(), change.max(), 401)
    bins = np.clip(np.digitize(change, edges) - 1, 0, 399)
    frame = (
        pl.DataFrame({"axis": 0, "bin": bins, "change": change})
        .group_by("axis", "bin")
        .agg(samples=pl.len(), mean=pl.col("change").mean())
        .sort("axis", "bin")
    )
    (row,) = shifts_with_intervals(frame).iter_rows(named=True)
    plain = [change[rng.integers(0, 400, 400)].mean() for _ in range(4000)]
    assert row["pairs"] == 400
    assert row["shift"] == pytest.approx(change.mean())
    assert row["low"] == pytest.approx(np.quantile(plain, 0.025), abs=0.08)
    assert row["high"] == pytest.approx(np.quantile(plain, 0.975), abs=0.08)
