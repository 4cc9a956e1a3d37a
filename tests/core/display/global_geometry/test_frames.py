"""Intervals from drags, values on axes and shifts of means, against what they must be."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.brush import Interval, of_drag, parse
from core.display.global_geometry.mean_shift.frames import (
    differences,
    shift_tables,
    shifts_with_intervals,
)
from core.display.global_geometry.parallel.line_colours import Legend
from core.display.global_geometry.parallel.summaries import densities_of, histograms, moments_of
from core.display.global_geometry.values import BEYOND, Values

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


def values(table: np.ndarray, *, nearest_only: bool = False, measured: int | None = None) -> Values:
    """Samples 0, 1, … with these values; the first `measured` of them have angles."""
    count = len(table)
    known = count if measured is None else measured
    angle = [1.0 if i < known else None for i in range(count)]
    frame = pl.DataFrame({"sample_id": range(count), "angle": angle})
    return Values(frame, table, nearest_only, source=(table.tobytes(), nearest_only))


TABLE = np.column_stack(
    [
        np.random.default_rng(1).normal(80, 25, (300, 2)),
        np.random.default_rng(2).uniform(0, 10, 300),
        np.random.default_rng(3).normal(0, 1, 300),
    ]
)
HOLES = np.where(np.random.default_rng(4).uniform(size=TABLE.shape) < 0.2, np.nan, TABLE)


def test_angles_outside_the_fixed_degrees_stand_at_the_rim_and_are_counted() -> None:
    found = values(np.array([[10.0, 139.0, 1, 0], [20, 150, 1, 0], [140, np.nan, 1, 0]]))
    assert found.outside == (1, 1)
    heights = found.heights(AXES, np.arange(3))
    assert heights[0, 0] == -0.02
    assert heights[1, 1] == 1.02
    assert np.isnan(heights[2, 1])


def test_an_angle_beyond_the_stored_ones_is_far_and_no_zero_feature() -> None:
    table = np.array([[50.0, np.nan, 1, 0], [np.nan, np.nan, 0, 0]])
    found = values(table, nearest_only=True, measured=1)
    assert found.zero_features == 1
    heights = found.heights(AXES, np.array([0, 1]))
    assert heights[0, 1] == BEYOND
    assert np.isnan(heights[1, :2]).all()


def test_histograms_and_moments_are_over_all_defined_values() -> None:
    found = values(HOLES)
    bins = histograms(found, AXES, bins=7)
    moments = moments_of({"compared": found}, AXES)
    for i, axis in enumerate(AXES):
        defined = HOLES[~np.isnan(HOLES[:, i]), i]
        places = np.clip(np.floor((defined - axis.low) / (axis.high - axis.low) * 7), 0, 6)
        expected = [(k, int((places == k).sum())) for k in range(7) if (places == k).any()]
        assert bins.filter(pl.col("axis") == i).select("bin", "samples").rows() == expected
        row = moments.row(i, named=True)
        assert row["height"] == pytest.approx(axis.height(float(defined.mean())))
        assert row["samples"] == f"{defined.size} of 300"
        spread = np.nanstd(HOLES[:, i], ddof=1)
        assert row["mean"] == f"{defined.mean():.2f}{axis.unit} ± {spread:.2f}{axis.unit}"


def test_densities_lean_on_their_axes_and_share_a_peak() -> None:
    found = densities_of({"reference": values(TABLE), "compared": values(HOLES)}, AXES)
    assert [(one.axis, one.role) for one in found] == [
        (axis, role) for axis in range(4) for role in ("reference", "compared")
    ]
    for axis in range(4):
        widest = max((one.edges - axis).max() for one in found if one.axis == axis)
        assert widest == pytest.approx(0.42)
    assert all((np.diff(one.heights) > 0).all() for one in found)


def test_differences_pair_the_same_samples() -> None:
    shuffled = np.random.default_rng(5).permutation(250)
    frame = pl.DataFrame({"sample_id": shuffled, "angle": 1.0})
    compared = Values(frame, TABLE[shuffled] + 3, False, source=())
    found = differences(values(HOLES), compared, AXES, bins=9)
    for axis in range(4):
        of_axis = found.filter(pl.col("axis") == axis)
        pairs = int((~np.isnan(HOLES[:250, axis])).sum())
        assert of_axis["samples"].sum() == pairs
        assert (of_axis["mean"] * of_axis["samples"]).sum() / pairs == pytest.approx(3)


def test_shifts_share_a_scale_in_degrees_and_length_and_margin_have_their_own() -> None:
    moved = TABLE + np.array([4.0, -2.0, 0.1, -1.0]) + np.random.default_rng(6).normal(
        0, 0.01, TABLE.shape
    )  # fmt: skip
    tables = shift_tables({"reference": values(TABLE), "compared": values(moved)}, AXES)
    middle = tables["shifts"]["middle"].to_list()
    assert middle == pytest.approx([1, -0.5, 1, -1], abs=0.02)
    assert tables["shifts"]["text"].to_list() == ["+4.0°", "-2.0°", "+0.1", "-1.0"]
    assert tables["shifts"]["clear"].all()
    assert tables["scale"]["text"].to_list() == ["-4°", "0°", "+4°"]


def test_a_legend_shows_what_it_is_given_as_text() -> None:
    html = Legend((("as <b>", "#123456"),), dashes=True).html(["compared"])
    assert "as &lt;b&gt;" in html
    assert "dashed: compared" in html
    assert "density and mean, compared" in html


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
