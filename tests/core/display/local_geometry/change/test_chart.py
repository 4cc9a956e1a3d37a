"""What the plots of positions and paths would draw, read from their specifications."""

from __future__ import annotations

from typing import Any

import pytest

from core.display import theme
from core.display.charts.interval_brush import BRUSH
from core.display.local_geometry.change.chart import SMALL, WIDE, reference_scatter, trajectories

OUTCOMES = {"domain": list(theme.OUTCOME_COLOURS), "range": list(theme.OUTCOME_COLOURS.values())}


def domain(layer: dict[str, Any], channel: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = layer["encoding"][channel]["scale"]["domain"]
    return found


@pytest.mark.parametrize("brushed", [None, (30.0, 40.0)])
def test_a_drag_over_the_positions_selects(brushed: tuple[float, float] | None) -> None:
    spec = reference_scatter(brushed={"x": brushed, "y": brushed}).to_dict()
    (brush,) = [one for one in spec["params"] if one["name"] == BRUSH]
    assert brush["select"]["encodings"] == ["x", "y"]
    assert brush.get("value") == (None if brushed is None else {"x": [30, 40], "y": [30, 40]})
    rest, selected = spec["layer"][:2]
    assert rest["mark"]["color"] == theme.REST
    assert rest["transform"][0]["filter"] == "!datum.selected"
    assert selected["encoding"]["x"]["field"] == "reference_angle"
    assert selected["encoding"]["color"]["scale"] == OUTCOMES
    assert selected["encoding"]["tooltip"][0]["field"] == "image"


@pytest.mark.parametrize(("small", "size"), [(False, WIDE), (True, SMALL)])
def test_a_path_runs_from_the_reference_to_an_arrow_at_the_compared(
    small: bool, size: tuple[int, int]
) -> None:
    spec = trajectories(small=small).to_dict()
    assert (spec["width"], spec["height"]) == size
    rest, paths, heads, note = spec["layer"]
    for lines in (rest, paths):
        fields = [lines["encoding"][channel]["field"] for channel in ("x", "y", "x2", "y2")]
        assert fields == ["reference_angle", "reference_length",
                          "compared_angle", "compared_length"]  # fmt: skip
    assert heads["encoding"]["x"]["field"] == "compared_angle"
    assert heads["encoding"]["angle"] == {"field": "heading", "scale": None,
                                          "type": "quantitative"}  # fmt: skip
    assert heads["encoding"]["color"]["scale"] == OUTCOMES
    assert note["data"] == {"name": "axes"}
    for layer in (rest, paths, heads):
        assert domain(layer, "x") == [{"expr": "ends.angle_low"}, {"expr": "ends.angle_high"}]
        assert domain(layer, "y") == [{"expr": "ends.length_low"}, {"expr": "ends.length_high"}]


def test_no_tooltip_shows_the_name_of_a_column() -> None:
    for chart in (reference_scatter(brushed={"x": None, "y": None}), trajectories()):
        for layer in chart.to_dict()["layer"]:
            for tooltip in layer["encoding"].get("tooltip", []):
                assert "_" not in tooltip.get("title", tooltip["field"])
