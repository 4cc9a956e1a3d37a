"""What the plot of angle and length would draw, read from its specification."""

from __future__ import annotations

from typing import Any

import pytest

from core.display import theme
from core.display.charts.moving_axes import BRUSH
from core.display.charts.prediction_map import MAPS, prediction_map
from core.display.local_geometry.scatter.chart import geometry_plot


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    found: dict[str, Any] = geometry_plot(brushed={"x": (30, 40), "y": (5, 6)}).to_dict()
    return found


def test_the_rest_is_light_grey_correct_grey_and_incorrect_red_on_top(
    spec: dict[str, Any],
) -> None:
    drawn = [
        (layer["transform"][0]["filter"], layer["mark"]["color"]) for layer in spec["layer"][:3]
    ]
    assert drawn == [
        ("datum.outcome === 'rest'", theme.REST),
        ("datum.outcome === 'correct'", theme.CORRECT),
        ("datum.outcome === 'incorrect'", theme.INCORRECT),
    ]


def test_hover_shows_the_image_and_the_numbers(spec: dict[str, Any]) -> None:
    for layer in spec["layer"][1:3]:
        fields = [one["field"] for one in layer["encoding"]["tooltip"]]
        assert fields == ["image", "picture", "sample", "position"]
        # the name that tooltips draw
        assert "title" not in layer["encoding"]["tooltip"][0]


def test_axes_take_their_ends_from_a_table_that_the_chart_draws(spec: dict[str, Any]) -> None:
    for channel, metric in (("x", "angle"), ("y", "length")):
        encoding = spec["layer"][0]["encoding"][channel]
        assert encoding["field"] == metric
        assert encoding["scale"]["domain"] == [
            {"expr": f"ends.{metric}_low"},
            {"expr": f"ends.{metric}_high"},
        ]
    (ends,) = [one for one in spec["params"] if one["name"] == "ends"]
    assert "data('axes')" in ends["expr"]
    assert {"name": "axes"} in [layer["data"] for layer in spec["layer"]]


def test_outlines_of_all_samples_have_the_colours_of_the_areas(spec: dict[str, Any]) -> None:
    (outlines,) = [one for one in spec["layer"] if one["data"] == {"name": "outlines"}]
    colours = {"domain": ["correct", "incorrect"], "range": [theme.CORRECT, theme.INCORRECT]}
    assert outlines["encoding"]["stroke"]["scale"] == colours
    assert outlines["mark"]["strokeDash"]


def test_the_brush_starts_where_it_is_told(spec: dict[str, Any]) -> None:
    (brush,) = [one for one in spec["params"] if one["name"] == BRUSH]
    assert brush["value"] == {"x": [30, 40], "y": [5, 6]}
    nowhere = geometry_plot(brushed={"x": None, "y": None}).to_dict()["params"]
    assert [one for one in nowhere if one["name"] == BRUSH and "value" not in one]


def test_small_plots_take_no_drags() -> None:
    small = geometry_plot(small=True).to_dict()
    assert all(one["name"] != BRUSH for one in small["params"])
    assert small["layer"][0]["encoding"]["x"]["title"] == "angle (degrees)"


def test_the_angle_axis_says_its_unit(spec: dict[str, Any]) -> None:
    assert "degrees" in spec["layer"][0]["encoding"]["x"]["title"]


@pytest.mark.parametrize("shown", MAPS)
def test_shares_and_confidences_have_the_same_colours(shown: str) -> None:
    encoding = prediction_map(shown=shown).to_dict()["layer"][0]["encoding"]
    assert encoding["color"]["field"] == shown
    assert encoding["color"]["scale"]["domain"] == [0, 1]
    assert all({"title", "format"} <= set(one) for one in encoding["tooltip"])
