"""What the local geometry chart would draw, read from its specification."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from core.display import theme
from core.display.charts.local_geometry import geometry_scatter

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
        }
    )
    densities = pl.DataFrame(
        {
            "metric": ["angle", "length", "margin"],
            "outcome": ["correct"] * 3,
            "value": [40.0, 9.0, 3.0],
            "density": [0.1, 0.2, 0.3],
            "samples": [1, 1, 1],
        }
    )
    found: dict[str, Any] = geometry_scatter(points, densities, RANGES).to_dict(format="vega-lite")
    return found


def _panels(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (top, corner), (scatter, right) = (row["hconcat"] for row in spec["vconcat"])
    return {"top": top, "corner": corner, "scatter": scatter, "right": right}


def _rows(spec: dict[str, Any], panel: dict[str, Any]) -> list[dict[str, Any]]:
    data = panel.get("data") or panel["layer"][0]["data"]
    rows: list[dict[str, Any]] = spec["datasets"][data["name"]]
    return rows


def test_densities_of_angle_margin_and_length_stand_above_in_the_corner_and_right(
    spec: dict[str, Any],
) -> None:
    panels = _panels(spec)
    for place, metric in (("top", "angle"), ("corner", "margin"), ("right", "length")):
        assert {row["metric"] for row in _rows(spec, panels[place])} == {metric}


def test_panels_share_the_ranges_that_they_are_given(spec: dict[str, Any]) -> None:
    panels = _panels(spec)
    scatter = panels["scatter"]["encoding"]
    assert scatter["x"]["field"] == "angle"
    assert scatter["x"]["scale"]["domain"] == [20.0, 90.0]
    assert scatter["y"]["field"] == "length"
    assert scatter["y"]["scale"]["domain"] == [0.0, 15.0]
    top, right = panels["top"]["layer"][0], panels["right"]["layer"][0]
    assert top["encoding"]["x"]["scale"]["domain"] == [20.0, 90.0]
    assert right["encoding"]["y"]["scale"]["domain"] == [0.0, 15.0]


def test_correct_is_grey_and_incorrect_is_red_and_drawn_last(spec: dict[str, Any]) -> None:
    scatter = _panels(spec)["scatter"]
    scale = scatter["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        "correct": theme.CORRECT,
        "incorrect": theme.INCORRECT,
    }
    assert [row["outcome"] for row in _rows(spec, scatter)] == ["correct", "incorrect"]


def test_the_angle_axis_says_its_unit(spec: dict[str, Any]) -> None:
    assert "degrees" in _panels(spec)["scatter"]["encoding"]["x"]["title"]
