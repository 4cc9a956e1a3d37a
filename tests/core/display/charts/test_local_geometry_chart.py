"""What the local geometry chart would draw, read from its specification."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from core.display import theme
from core.display.charts.local_geometry import geometry_plot
from core.display.charts.margin_curves import ticks

RANGES = {"angle": (20.0, 90.0), "length": (0.0, 15.0), "margin": (-4.0, 9.0)}


@pytest.fixture
def spec() -> dict[str, Any]:
    points = pl.DataFrame(
        {
            "sample_id": [3, 1],
            "class": ["cat", "cat"],
            "predicted": ["dog", "cat"],
            "outcome": ["incorrect", "correct"],
            "confidence": [0.5, 0.9],
            "angle": [70.0, 40.0],
            "length": [4.0, 9.0],
            "margin": [-1.0, 3.0],
            "image": ["data:image/png;base64,AAAA", None],
        }
    )
    densities = pl.DataFrame(
        {
            "metric": ["angle", "angle", "length", "margin", "margin"],
            "outcome": ["correct"] * 5,
            "value": [40.0, 50.0, 9.0, -4.0, 9.0],
            "density": [0.1, 0.2, 0.2, 0.3, 0.15],
            "samples": [1] * 5,
        }
    )
    found: dict[str, Any] = geometry_plot(points, densities, RANGES).to_dict(format="vega-lite")
    return found


def _rows(spec: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = spec["datasets"][spec["layer"][layer]["data"]["name"]]
    return rows


def test_curves_of_angle_and_margin_stand_above_the_samples_on_their_own_scales(
    spec: dict[str, Any],
) -> None:
    above = [row for row in _rows(spec, 1) if row["metric"] == "angle"]
    corner = [row for row in _rows(spec, 1) if row["metric"] == "margin"]
    assert [row["x"] for row in above] == [40, 50]
    assert all(row["base"] > 15 for row in above + corner)
    assert above[0]["y"] - above[0]["base"] == pytest.approx(
        0.5 * (above[1]["y"] - above[1]["base"])
    )
    left, right = (row["x"] for row in corner)
    top = spec["layer"][0]["encoding"]["x"]["scale"]["domain"][1]
    assert 90 < left < right == pytest.approx(top)


def test_the_curve_of_length_lies_to_the_right_at_the_lengths_themselves(
    spec: dict[str, Any],
) -> None:
    (row,) = _rows(spec, 3)
    assert row["metric"] == "length"
    assert row["y"] == 9
    assert row["x"] > row["base"] > 90


def test_the_dashed_line_in_the_corner_is_margin_zero(spec: dict[str, Any]) -> None:
    (row,) = _rows(spec, 6)
    low, high = (row["x"] for row in _rows(spec, 1) if row["metric"] == "margin")
    assert (row["x"] - low) / (high - low) == pytest.approx(4 / 13)


def test_axes_start_at_the_ranges_that_they_are_given_and_label_nothing_beyond(
    spec: dict[str, Any],
) -> None:
    for channel, metric in (("x", "angle"), ("y", "length")):
        encoding = spec["layer"][0]["encoding"][channel]
        low, high = RANGES[metric]
        assert encoding["field"] == metric
        assert encoding["scale"]["domain"][0] == low
        assert all(low <= tick <= high for tick in encoding["axis"]["values"])


def test_correct_is_grey_and_incorrect_is_red_and_drawn_last(spec: dict[str, Any]) -> None:
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        "correct": theme.CORRECT,
        "incorrect": theme.INCORRECT,
    }
    assert [row["outcome"] for row in _rows(spec, 0)] == ["correct", "incorrect"]


def test_hover_shows_the_image_under_the_name_that_tooltips_draw(spec: dict[str, Any]) -> None:
    (image,) = [t for t in spec["layer"][0]["encoding"]["tooltip"] if t["field"] == "image"]
    assert "title" not in image


def test_the_angle_axis_says_its_unit(spec: dict[str, Any]) -> None:
    assert "degrees" in spec["layer"][0]["encoding"]["x"]["title"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (31, 92, [40, 60, 80]),
        (31, 125, [50, 100]),
        (-0.4, 0.2, [-0.4, -0.2, 0, 0.2]),
        (0, 15, [0, 5, 10, 15]),
    ],
)
def test_ticks_are_round_and_inside(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high, about=3) == pytest.approx(expected)
