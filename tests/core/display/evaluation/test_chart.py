"""What the evaluation chart draws, read from its specification."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from core.display import theme
from core.display.evaluation.chart import PICK, evaluation_histograms
from core.display.evaluation.histogram_frames import HEADER

COLOURS = {
    "Magnitude": theme.METHOD_COLOURS["magnitude"],
    "Random": theme.METHOD_COLOURS["random"],
}


@pytest.fixture
def spec() -> dict[str, Any]:
    return evaluation_histograms(COLOURS, rows=2, text="#123456").to_dict()


def test_columns_stand_by_slot_and_bars_in_the_order_that_the_rows_say(
    spec: dict[str, Any],
) -> None:
    for layer in spec["layer"]:
        assert layer["encoding"]["x"]["field"] == "slot"
        offset = layer["encoding"].get("xOffset")
        assert offset is None or offset["sort"] == {"field": "ratio", "op": "min"}


def test_layers_take_rows_by_name(spec: dict[str, Any]) -> None:
    names = [layer["data"]["name"] for layer in spec["layer"]]
    assert names == [
        "bars", "bars", "stripes", "bars", "dense", "ties", "ties", "ties", "titles", "scale",
    ]  # fmt: skip
    assert "datasets" not in spec


def test_each_series_has_its_colour_and_panels_have_room(spec: dict[str, Any]) -> None:
    scale = spec["layer"][1]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == COLOURS
    low, high = spec["layer"][1]["encoding"]["y"]["scale"]["domain"]
    assert low < 0
    assert 2 < high < 3
    two = evaluation_histograms(COLOURS, rows=2, panels=2, text="#123456").to_dict()
    _, higher = two["layer"][1]["encoding"]["y"]["scale"]["domain"]
    assert 4 + HEADER < higher < 5 + HEADER
    assert two["height"] > spec["height"]


def test_a_class_has_recall_with_precision_beside_it() -> None:
    spec = evaluation_histograms(COLOURS, rows=2, text="#123456", measure="recall").to_dict()
    (points,) = [
        layer for layer in spec["layer"] if layer["encoding"]["y"]["field"] == "precision_line"
    ]
    assert points["mark"]["shape"] == "diamond"
    titles = {line["title"] for line in spec["layer"][1]["encoding"]["tooltip"]}
    assert {"recall", "precision of the class"} <= titles
    assert "accuracy" not in titles


def test_a_click_picks_a_model_by_name_and_a_selected_one_is_lit_from_the_start() -> None:
    found = {}
    for selected in ((), ("random-0.9", "dense")):
        spec = evaluation_histograms(COLOURS, rows=2, text="#123456", selected=selected).to_dict()
        (found[selected],) = (param for param in spec["params"] if param["name"] == PICK)
    assert found[()]["select"]["fields"] == ["name"]
    assert "value" not in found[()]
    lit = found["random-0.9", "dense"]["value"]
    assert lit == [{"name": "random-0.9"}, {"name": "dense"}]


def test_words_of_tooltips_hold_no_underscore_and_numbers_are_rounded(spec: dict[str, Any]) -> None:
    for layer in spec["layer"]:
        for line in layer["encoding"].get("tooltip", []):
            assert "_" not in line["title"]
            assert line["type"] != "quantitative" or "format" in line or line["field"] == "seeds"


WITHOUT_STREAMLIT = """
import sys
sys.modules["streamlit"] = None
sys.modules["duckdb"] = None
from core.display.evaluation.chart import evaluation_histograms
from core.display.evaluation.chart_difference import difference_bars
from core.display.home.chart import accuracy_by_sparsity
colours = {"Magnitude": "#123456"}
for chart in (
    evaluation_histograms(colours, rows=1, text="#123456"),
    difference_bars(["Dense"]),
    accuracy_by_sparsity(colours),
):
    chart.to_dict()
print("drawn")
"""


def test_a_script_draws_without_streamlit_and_without_a_store() -> None:
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_STREAMLIT], capture_output=True, text=True, check=False
    )
    assert (result.stdout, result.stderr) == ("drawn\n", "")
