"""What the local geometry chart would draw, read from its specification and its rows."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.edge_curves import edge_curves, ticks
from core.display.local_geometry.scatter.chart import frame, geometry_plot, marks

RANGES = {"angle": (20.0, 90.0), "length": (0.0, 15.0), "margin": (-4.0, 9.0)}


@pytest.fixture
def spec() -> dict[str, Any]:
    found: dict[str, Any] = geometry_plot(drags=True, brushed=((30, 40), (5, 6))).to_dict()
    return found


@pytest.fixture
def points() -> pl.DataFrame:
    return marks(
        pl.DataFrame(
            {
                "sample_id": [3, 1, 2],
                "class": ["cat", "cat", "cat"],
                "predicted": ["dog", "cat", "cat"],
                "correct": [False, True, True],
                "kept": [True, True, False],
                "confidence": [0.5, 0.9, 0.8],
                "angle": [70.0, 40.0, 50.0],
                "length": [4.0, 9.0, 5.0],
                "margin": [-1.0, 3.0, None],
            }
        )
    )


@pytest.fixture
def curves() -> pl.DataFrame:
    densities = pl.DataFrame(
        {
            "class": ["cat"] * 5,
            "metric": ["angle", "angle", "length", "margin", "margin"],
            "outcome": ["correct"] * 5,
            "kept": [True] * 5,
            "value": [40.0, 50.0, 9.0, -4.0, 9.0],
            "density": [0.1, 0.2, 0.2, 0.3, 0.15],
        }
    )
    return edge_curves(densities, RANGES)


def test_curves_of_angle_and_margin_stand_above_the_samples_on_their_own_scales(
    curves: pl.DataFrame,
) -> None:
    (foot,) = frame(RANGES)["length_foot"].unique()
    above = curves.filter(pl.col("metric") == "angle")
    corner = curves.filter(pl.col("metric") == "margin")
    assert above["x"].to_list() == [40, 50]
    assert foot > 15
    heights = (above["y"] - foot).to_list()
    assert heights[0] == pytest.approx(0.5 * heights[1])
    left, right = corner["x"]
    assert 90 < left < right == pytest.approx(frame(RANGES)["angle_high"][0])


def test_the_curve_of_length_lies_to_the_right_at_the_lengths_themselves(
    curves: pl.DataFrame,
) -> None:
    (row,) = curves.filter(pl.col("metric") == "length").to_dicts()
    assert row["y"] == 9
    assert row["x"] > frame(RANGES)["angle_foot"][0] > 90


def test_the_dashed_line_in_the_corner_is_margin_zero(curves: pl.DataFrame) -> None:
    (x,) = frame(RANGES).filter(pl.col("y2").is_not_null())["x"]
    low, high = curves.filter(pl.col("metric") == "margin")["x"]
    assert (x - low) / (high - low) == pytest.approx(4 / 13)
    without = frame({**RANGES, "margin": (1.0, 9.0)})
    assert without["y2"].null_count() == without.height


def test_axes_start_at_the_ranges_and_label_nothing_beyond_them(spec: dict[str, Any]) -> None:
    for channel, metric in (("x", "angle"), ("y", "length")):
        low, high = RANGES[metric]
        encoding = spec["layer"][0]["encoding"][channel]
        assert encoding["field"] == metric
        assert encoding["scale"]["domain"] == [
            {"expr": f"ends.{metric}_low"},
            {"expr": f"ends.{metric}_high"},
        ]
        row = frame(RANGES).row(0, named=True)
        assert row[f"{metric}_low"] == low
        assert low <= row[f"{metric}_first"] <= row[f"{metric}_last"] <= high
        assert row[f"{metric}_last"] + row[f"{metric}_step"] > high


def test_the_ends_are_read_from_a_table_that_the_chart_draws(spec: dict[str, Any]) -> None:
    (ends,) = [one for one in spec["params"] if one["name"] == "ends"]
    assert "data('frame')" in ends["expr"]
    assert {"name": "frame"} in [layer["data"] for layer in spec["layer"]]


def test_the_rest_is_light_grey_correct_grey_and_incorrect_red_on_top(
    spec: dict[str, Any], points: pl.DataFrame
) -> None:
    drawn = [
        (layer["transform"][0]["filter"], layer["mark"]["color"]) for layer in spec["layer"][:3]
    ]
    assert drawn == [
        ("datum.outcome === 'rest'", theme.REST),
        ("datum.outcome === 'correct'", theme.CORRECT),
        ("datum.outcome === 'incorrect'", theme.INCORRECT),
    ]
    assert points.select("sample_id", "outcome").rows() == [
        (2, "rest"),
        (1, "correct"),
        (3, "incorrect"),
    ]


def test_hover_shows_the_image_and_the_numbers(spec: dict[str, Any], points: pl.DataFrame) -> None:
    for layer in spec["layer"][1:3]:
        assert [one["field"] for one in layer["encoding"]["tooltip"]] == [
            "image",
            "sample",
            "place",
        ]
        # the name that tooltips draw
        assert "title" not in layer["encoding"]["tooltip"][0]
    assert points.row(2, named=True)["sample"] == "3 (cat), predicted dog (50.0 %)"
    assert points.row(2, named=True)["place"] == "angle 70.0°, length 4.0, margin -1.0"
    assert points.row(0, named=True)["place"] == "angle 50.0°, length 5.0, margin undefined"


def test_the_brush_starts_where_it_is_told(spec: dict[str, Any]) -> None:
    (brush,) = [one for one in spec["params"] if one["name"] == "kept"]
    assert brush["value"] == {"x": [30, 40], "y": [5, 6]}
    assert all(one["name"] != "kept" for one in geometry_plot(small=True).to_dict()["params"])


def test_the_angle_axis_says_its_unit(spec: dict[str, Any]) -> None:
    assert "degrees" in spec["layer"][0]["encoding"]["x"]["title"]


def test_axes_without_strips_end_with_the_ranges() -> None:
    row = moving_axes.ends(RANGES, about=3).row(0, named=True)
    assert [row[f"angle_{part}"] for part in ("low", "high", "first", "last", "step")] == [
        20, 90, 20, 80, 20,
    ]  # fmt: skip


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
