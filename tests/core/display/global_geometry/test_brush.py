"""Ranges from drags and from links, against what they must be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.brush import filters, of_drag, parse, to_text, words
from core.store.combination import Combination
from core.store.subsets.ranges import AngleToClass, MetricUnder, Range, RangeFilter

AXES = (
    Axis("cat", 0, 20.0, 140.0),
    Axis("dog", 1, 20.0, 140.0, own=True),
    Axis("length", None, 0.0, 10.0),
    Axis("margin", None, -5.0, 5.0),
    Axis("true_probability", None, 0.0, 1.0),
)
ROLES = {"reference": Combination("dense", "clean"), "compared": Combination("pruned", "fog-3")}


def test_a_drag_along_an_axis_is_a_range_in_its_unit() -> None:
    found = of_drag({"position": [0.95, 1.1], "height": [0.25, 0.5]}, AXES, "compared")
    assert found == {"compared:angle:dog": Range(50.0, 80.0)}
    assert [words(*one) for one in found.items()] == ["angle to dog 50° to 80°, compared"]


def test_a_drag_beside_an_axis_belongs_to_the_nearest() -> None:
    found = of_drag({"position": [2.2, 2.3], "height": [0.1, 0.2]}, AXES, "reference")
    assert found == {"reference:length:": Range(1.0, 2.0)}
    assert words(*found.popitem()) == "length 1 to 2, reference"


def test_a_drag_along_the_probability_is_between_0_and_1() -> None:
    found = of_drag({"position": [3.9, 4.1], "height": [0.25, 0.5]}, AXES, "compared")
    assert found == {"compared:true_probability:": Range(0.25, 0.5)}
    assert filters(found, ROLES) == [
        RangeFilter(MetricUnder(ROLES["compared"], "true_probability"), Range(0.25, 0.5))
    ]
    assert words(*found.popitem()) == "true-class probability 0.25 to 0.5, compared"


def test_a_drag_across_axes_counts_for_each() -> None:
    found = of_drag({"position": [-0.2, 1.2], "height": [0.5, 1.2]}, AXES, "reference")
    assert found == {f"reference:angle:{name}": Range(80.0, None) for name in ("cat", "dog")}


@pytest.mark.parametrize(
    "box",
    [
        {},
        {"position": [0, 1]},
        {"position": [0, 0.1], "height": [1.01, 1.05]},
        {"position": [0, 0.1], "height": [-0.02, 1.02]},
        {"position": [4.6, 4.7], "height": [0.2, 0.3]},
    ],
)
def test_a_drag_that_takes_nothing_away_is_no_range(box: dict[str, list[float]]) -> None:
    assert of_drag(box, AXES, "reference") == {}


def test_each_range_is_one_filter() -> None:
    ranges = {"compared:angle:dog": Range(None, 60.0), "reference:margin:": Range(0.5, 1.0)}
    assert filters(ranges, ROLES) == [
        RangeFilter(AngleToClass(ROLES["compared"], "dog"), Range(None, 60.0)),
        RangeFilter(MetricUnder(ROLES["reference"], "margin"), Range(0.5, 1.0)),
    ]


numbers = st.floats(-200, 200, allow_nan=False).map(lambda x: round(x, 2))


@given(st.sampled_from(["reference", "compared"]), st.text(min_size=1), numbers, numbers)
def test_the_url_gives_back_a_range(role: str, name: str, one: float, other: float) -> None:
    closed = f"{role}:angle:{name}", Range(min(one, other), max(one, other))
    assert parse(to_text(*closed)) == closed
    half = f"{role}:margin:", Range(None, one)
    assert parse(to_text(*half)) == half


@pytest.mark.parametrize(
    ("text", "name", "limits"),
    [
        ("reference:angle::30:bird", "reference:angle:bird", Range(None, 30.0)),
        ("compared:angle:50:80.5:a:b", "compared:angle:a:b", Range(50.0, 80.5)),
        ("compared:length:5::", "compared:length:", Range(5.0, None)),
        ("reference:margin:-1.25:0:", "reference:margin:", Range(-1.25, 0.0)),
        ("compared:true_probability:0.5:0.9:", "compared:true_probability:", Range(0.5, 0.9)),
    ],
)
def test_texts_of_old_links_are_ranges(text: str, name: str, limits: Range) -> None:
    assert parse(text) == (name, limits)
    assert to_text(name, limits) == text


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "reference:angle:1:2:", "reference:length:1:2:cat", "other:length:1:2:",
     "reference:length:::", "reference:length:nan:2:", "reference:length:3:2:",
     "reference:confidence:0:1:", "reference:true_probability:0:1:cat", "reference:length:a:2:"],
)  # fmt: skip
def test_a_text_that_is_no_range_gives_none(text: str) -> None:
    assert parse(text) is None
