"""What the parallel coordinates would draw, read from their specification."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from core.display import theme
from core.display.charts.parallel_axes import BRUSH
from core.display.charts.parallel_coordinates import (
    BEYOND,
    UNDER_POINTER,
    Strip,
    parallel_coordinates,
)
from core.display.global_geometry_axes import Axis

AXES = (
    Axis("cat", 0, 20.0, 140.0),
    Axis("dog", 1, 20.0, 140.0, own=True),
    Axis("length", None, 0.0, 10.0),
    Axis("margin", None, -5.0, 5.0),
)


def strip(kept: list[bool], first: float = 0.2) -> Strip:
    lines = pl.DataFrame(
        {
            "sample_id": [3, 7],
            "class": ["dog", "dog"],
            "predicted": ["dog", "cat"],
            "confidence": [0.9, 0.5],
            "combination": ["Dense", "Dense"],
            "group": ["reference", "reference"],
            "kept": kept,
            "image": [None, "data:image/png;base64,AA"],
            **{f"p{i}": [first, 0.4] for i in range(4)},
        }
    )
    densities = pl.DataFrame(
        {"axis": [0], "role": ["reference"], "title": ["angle to cat"], "position": [0.0],
         "edge": [0.4], "height": [0.5], "value": [80.0], "samples": [2]}
    )  # fmt: skip
    moments = pl.DataFrame(
        {"role": ["reference"], "title": ["angle to cat"], "position": [0.0], "height": [0.3],
         "foot": [0.2], "top": [0.4], "mean": [56.0], "deviation": [12.0], "defined": [2],
         "samples": [2]}
    )  # fmt: skip
    intervals = pl.DataFrame(
        {"position": [0.9], "right": [1.1], "height": [0.1], "top": [0.3]}
    )  # fmt: skip
    colours = {"reference": theme.REFERENCE, "compared": theme.COMPARED}
    return Strip(AXES, lines, densities, moments, intervals, colours, ["reference"])


def specification(one: Strip, **settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = parallel_coordinates(one, **settings).to_dict(format="vega-lite")
    return found


def folded(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if "transform" in layer]


def rows(spec: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["datasets"][layer["data"]["name"]]
    return found


def test_lines_that_do_not_pass_stay_in_pale_grey_under_those_that_do() -> None:
    spec = specification(strip([True, False]))
    rest, kept = folded(spec)
    assert [row["sample_id"] for row in rows(spec, rest)] == [7]
    assert [row["sample_id"] for row in rows(spec, kept)] == [3]
    assert rest["mark"]["stroke"] == theme.REFERENCE
    assert rest["mark"]["strokeOpacity"] == theme.UNSELECTED_OPACITY
    assert kept["encoding"]["stroke"]["scale"]["range"] == [theme.REFERENCE, theme.COMPARED]


def test_one_brush_works_on_all_axes_in_one_coordinate_system() -> None:
    spec = specification(strip([True, True]))
    (brush,) = (param for param in spec["params"] if param["name"] == BRUSH)
    assert brush["select"] == {"type": "interval", "encodings": ["x", "y"]}
    (layer,) = (one for one in spec["layer"] if one.get("name") in brush["views"])
    assert layer["encoding"]["x"]["field"] == "position"
    assert layer["encoding"]["y"]["field"] == "height"
    assert BRUSH not in str(specification(strip([True, True]), brush=False)["params"])


def test_the_own_class_is_named_bold_and_stands_on_a_band() -> None:
    spec = specification(strip([True, True]))
    axis = spec["layer"][0]["encoding"]["x"]["axis"]
    assert '"dog (own)"' in axis["labelExpr"]
    assert axis["labelFontWeight"]["condition"]["test"] == "datum.value == 1"
    (band,) = rows(spec, spec["layer"][0])
    assert band["position"] < 1 < band["right"]


def test_hover_tells_the_sample_and_shows_its_image() -> None:
    _, kept = folded(specification(strip([True, True])))
    assert {"sample_id", "predicted", "image"} <= {
        one["field"] for one in kept["encoding"]["tooltip"]
    }


def test_what_covers_the_lines_lets_the_pointer_through() -> None:
    names = [layer.get("name", "") for layer in specification(strip([True, True]))["layer"]]
    assert sum(name.startswith(UNDER_POINTER) for name in names) == 4


@pytest.mark.parametrize(("first", "top"), [(0.2, 1.03), (BEYOND, BEYOND + 0.03)])
def test_the_rim_is_drawn_only_where_a_line_stands_on_it(first: float, top: float) -> None:
    spec = specification(strip([True, True], first))
    assert spec["layer"][1]["encoding"]["y"]["scale"]["domain"][1] == pytest.approx(top)


def test_the_mean_and_spread_can_be_left_out() -> None:
    with_spread, without = (
        len(specification(strip([True, True]), spread=one)["layer"]) for one in (True, False)
    )
    assert with_spread == without + 3
