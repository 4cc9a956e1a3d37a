"""What the parallel coordinates would draw, read from their specification."""

from __future__ import annotations

from typing import Any

from core.display.global_geometry.parallel.chart import BRUSH, parallel_coordinates
from core.display.global_geometry.plot_area import PlotArea

PLOT_AREA = PlotArea(4, names=40)


def specification(plot_area: PlotArea = PLOT_AREA, **settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = parallel_coordinates(plot_area, **settings).to_dict()
    return found


def table(spec: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["data"].get("name") == name]


def test_no_row_stands_in_the_specification() -> None:
    assert "datasets" not in specification()
    names = {layer["data"]["name"] for layer in specification()["layer"]}
    assert names == {"axes", "picture", "moments", "ranges", "lines", "cells"}
    assert {layer["data"]["name"] for layer in specification(brush=False)["layer"]} == {
        "axes", "picture", "moments",
    }  # fmt: skip


def test_one_brush_works_on_all_axes_in_one_coordinate_system() -> None:
    spec = specification()
    (brush,) = (param for param in spec["params"] if param["name"] == BRUSH)
    assert brush["select"]["encodings"] == ["x", "y"]
    (layer,) = (one for one in spec["layer"] if one.get("name") in brush["views"])
    assert layer["encoding"]["x"]["field"] == "position"
    assert layer["encoding"]["y"]["field"] == "height"
    assert "params" not in specification(brush=False)


def test_picture_and_chart_share_their_scales() -> None:
    spec = specification()
    x, y = (table(spec, "axes")[0]["encoding"][one]["scale"]["domain"] for one in "xy")
    assert tuple(x) == PLOT_AREA.positions
    assert tuple(y) == PLOT_AREA.heights
    (image,) = table(spec, "picture")
    assert image["mark"]["width"] == {"expr": "width"}
    assert image["mark"]["height"] == {"expr": "height"}


def test_the_own_class_is_named_bold_and_stands_on_a_band() -> None:
    band, *rest = table(specification(), "axes")
    assert band["mark"]["type"] == "rect"
    assert band["transform"][0] == {"filter": "datum.own"}
    weights = {
        layer["transform"][0]["filter"]: layer["mark"]["fontWeight"]
        for layer in rest
        if layer["mark"]["type"] == "text" and "fontWeight" in layer["mark"]
    }
    assert weights == {"!datum.own": "normal", "datum.own": "bold"}


def test_the_pointer_tells_the_sample_and_shows_its_image_above_all_that_covers_lines() -> None:
    spec = specification()
    (cells,) = table(spec, "cells")
    assert [one["field"] for one in cells["encoding"]["tooltip"]] == [
        "sample_id", "classes", "metrics", "probability", "under", "picture", "image",
    ]  # fmt: skip
    above = spec["layer"][spec["layer"].index(cells) + 1 :]
    assert [one["mark"]["type"] for one in above] == ["point"]
    (hovered,) = table(spec, "lines")
    assert hovered["transform"][0]["filter"] == {"param": "hover", "empty": False}


def test_the_mean_and_spread_can_be_left_out() -> None:
    assert len(table(specification(), "moments")) == 3
    assert table(specification(spread=False), "moments") == []


def test_axes_are_named_where_there_is_room() -> None:
    texts = [
        sum(layer["mark"].get("angle") is not None for layer in specification(plot_area)["layer"])
        for plot_area in (PLOT_AREA, PlotArea(4))
    ]
    assert texts == [2, 0]
