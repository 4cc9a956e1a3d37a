"""What the plots of positions and paths would draw, read from their specifications."""

from __future__ import annotations

from typing import Any

import pytest

from core.display import theme
from core.display.charts.moving_axes import BRUSH
from core.display.local_geometry.change.chart import (
    CHANGE,
    METRIC,
    ROLES,
    SMALL,
    WIDE,
    metric_changes,
    reference_scatter,
    trajectories,
)
from core.metrics import HISTOGRAMS, METRICS

OUTCOMES = {"domain": list(theme.OUTCOME_COLOURS), "range": list(theme.OUTCOME_COLOURS.values())}
NOWHERE = {"x": None}


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
    rest, flow, flow_heads, paths, heads, note = spec["layer"]
    assert flow["data"] == flow_heads["data"] == {"name": "flow"}
    assert flow["encoding"]["strokeWidth"]["field"] == "samples"
    for lines in (rest, flow, paths):
        fields = [lines["encoding"][channel]["field"] for channel in ("x", "y", "x2", "y2")]
        assert fields == ["reference_angle", "reference_length",
                          "compared_angle", "compared_length"]  # fmt: skip
    assert heads["encoding"]["x"]["field"] == "compared_angle"
    assert heads["encoding"]["angle"] == {"field": "heading", "scale": None,
                                          "type": "quantitative"}  # fmt: skip
    assert heads["encoding"]["color"]["scale"] == OUTCOMES
    assert note["data"] == {"name": "axes"}
    for layer in (rest, flow, paths, heads):
        assert domain(layer, "x") == [{"expr": "ends.angle_low"}, {"expr": "ends.angle_high"}]
        assert domain(layer, "y") == [{"expr": "ends.length_low"}, {"expr": "ends.length_high"}]


def test_no_tooltip_shows_the_name_of_a_column() -> None:
    for chart in (reference_scatter(brushed={"x": None, "y": None}), trajectories()):
        for layer in chart.to_dict()["layer"]:
            for tooltip in layer["encoding"].get("tooltip", []):
                assert "_" not in tooltip.get("title", tooltip["field"])


def test_marks_outside_the_brush_turn_pale_in_the_browser() -> None:
    scatter = reference_scatter(brushed=NOWHERE).to_dict()["layer"][1:3]
    (_, histogram) = metric_changes(metric="angle", brushed=NOWHERE).to_dict()["vconcat"]
    for layer in (*scatter, histogram["layer"][1]):
        condition = layer["encoding"]["opacity"]["condition"]
        assert condition["test"] == {"param": "brush", "empty": True}
        assert condition["value"] > 3 * layer["encoding"]["opacity"]["value"]


@pytest.mark.parametrize("metric", HISTOGRAMS)
def test_densities_stand_above_the_histogram_of_changes(metric: str) -> None:
    densities, histogram = metric_changes(metric=metric, brushed=NOWHERE).to_dict()["vconcat"]
    x = densities["layer"][0]["encoding"]["x"]
    assert x["title"] == METRICS[metric].short_title
    assert x["scale"]["domain"] == [{"expr": f"ends.{METRIC}_low"}, {"expr": f"ends.{METRIC}_high"}]
    below = histogram["layer"][0]["encoding"]["x"]
    assert below["title"] == [
        f"change of {METRICS[metric].short_title}",
        "compared − reference",
    ]
    assert below["scale"]["domain"] == [
        {"expr": f"ends.{CHANGE}_low"},
        {"expr": f"ends.{CHANGE}_high"},
    ]
    assert [one["encoding"]["y"]["field"] for one in histogram["layer"][:2]] == [
        "samples",
        "selected",
    ]


def test_reference_is_grey_and_compared_yellow_dashed_where_it_is_all() -> None:
    area, _, everything = metric_changes(metric="angle", brushed=NOWHERE).to_dict()["vconcat"][0][
        "layer"
    ]
    colours = {"domain": ROLES, "range": [theme.REFERENCE, theme.COMPARED]}
    for layer, selected in ((area, "datum.selected"), (everything, "!datum.selected")):
        assert layer["encoding"]["color"]["scale"] == colours
        assert layer["transform"][0]["filter"] == selected
    assert everything["mark"]["strokeDash"]


def test_one_line_marks_zero() -> None:
    zero = metric_changes(metric="margin", brushed=NOWHERE).to_dict()["vconcat"][1]["layer"][-1]
    assert zero["encoding"]["x"]["datum"] == 0
    assert zero["data"] == {"name": "axes"}


@pytest.mark.parametrize("brushed", [None, (-3.0, 4.0)])
def test_the_brush_of_changes_starts_where_it_is_told(brushed: tuple[float, float] | None) -> None:
    spec = metric_changes(metric="angle", brushed={"x": brushed}).to_dict()
    (brush,) = [one for one in spec["params"] if one["name"] == BRUSH]
    assert brush["select"] == {"type": "interval", "encodings": ["x"]}
    assert brush.get("value") == (None if brushed is None else {"x": [-3, 4]})
    assert "datasets" not in spec
