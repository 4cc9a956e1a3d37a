"""The global geometry page: intervals in the link, subsets, orders, many classes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from core.display.global_geometry_models import HEIGHT, LABELLED_HEIGHT
from core.store import selection_json
from core.store.direction_selection import DirectionRange, PredictedAs
from core.store.selection import AllOf, OfClass, Pair
from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page, url
from tests.study_file import write_study

PAGE = "pages/3_Global_Geometry.py"


def words(app: AppTest) -> list[str]:
    found = [m.value for m in (*app.main.markdown, *app.main.caption)]
    return [text.replace("\\", "").replace("\u00a0", " ") for text in found]


def specification(app: AppTest, role: str = "compared", drags: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        app.get_by_key(f"parallel_coordinates_{role}_{drags}").proto.spec
    )
    return found


def axis_names(spec: dict[str, Any]) -> list[str]:
    expression = spec["layer"][0]["encoding"]["x"]["axis"]["labelExpr"]
    found: list[str] = json.loads(expression.removesuffix("[datum.value]"))
    return found


@pytest.fixture
def tiny(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def test_axes_are_all_classes_then_length_and_margin(tiny: None) -> None:
    app = open_page(PAGE, **{"class": "bird"})
    expected = ["plane", "car", "bird (own)", "cat", "length", "margin"]
    assert axis_names(specification(app)) == expected


def test_ordered_by_angle_the_own_class_comes_first(tiny: None) -> None:
    app = open_page(PAGE, axes_order="angle", **{"class": "bird"})
    assert axis_names(specification(app))[0] == "bird (own)"


def test_an_interval_in_the_link_keeps_the_samples_that_pass_and_becomes_a_subset(
    tiny: None,
) -> None:
    app = open_page(PAGE, interval="reference:angle::30:bird", **{"class": "bird"})
    (line,) = [text for text in words(app) if text.endswith("kept")]
    kept = int(line.removeprefix("**").split("**")[0])
    assert 0 < kept < 10
    app.button(key="keep_intervals").click().run()
    expected = DirectionRange(Pair("lenet5-dense", "clean"), "bird", None, 30.0)
    assert selection_json.loads(url(app)["subset"]) == expected
    assert "interval" not in url(app)
    assert any(text.endswith(f"· **{kept}** of 40") for text in words(app))


def test_an_interval_is_taken_away_with_its_button(tiny: None) -> None:
    app = open_page(PAGE, interval=["compared:length:5::", "reference:angle::30:bird"])
    app.button(key="interval_compared:length:5::").click().run()
    assert url(app)["interval"] == "reference:angle::30:bird"


def test_a_text_that_is_no_interval_is_ignored(tiny: None) -> None:
    app = open_page(PAGE, interval=["nonsense", "reference:angle:1:2:horse"])
    assert not [text for text in words(app) if text.endswith("kept")]


def test_zero_features_are_counted(tiny: None) -> None:
    app = open_page(PAGE, reference="lenet5-magnitude-0.9", axes_of="reference",
                    **{"class": "plane"})  # fmt: skip
    assert any("1 sample without angles" in text for text in words(app))


@pytest.mark.parametrize("classes", [100, 1000])
def test_many_classes_are_chosen_by_a_named_rule(studies: Path, classes: int) -> None:
    write_many_class_study(studies / "many.duckdb", classes=classes)
    app = open_page(PAGE, **{"class": "class 7"})
    names = axis_names(specification(app))
    assert names[0] == "class 7 (own)"
    assert set(names[1:3]) == {"class 8", "class 9"}
    assert len(names) == 12 + 2
    assert any(
        f"12 of {classes:,} class directions: class 7 and those most often confused with class 7"
        in text
        for text in words(app)
    )
    assert any("nearest class directions" in text for text in words(app)) == (classes > 100)


def test_hand_picked_classes_are_the_axes(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=100)
    app = open_page(PAGE, axes_rule="picked", axes_classes=["class 40", "class 3"],
                    **{"class": "class 7"})  # fmt: skip
    expected = ["class 3", "class 7 (own)", "class 40", "length", "margin"]
    assert axis_names(specification(app)) == expected


def test_a_thousand_lines_are_drawn_of_more_and_it_is_said(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=1300)
    app = open_page(PAGE, axes_of="reference")
    assert any(text.startswith("1,000 of 1,300 samples are drawn") for text in words(app))
    chart = app.get_by_key("parallel_coordinates_reference_0").proto
    drawn = [
        pl.read_ipc_stream(io.BytesIO(one.data.data)).height
        for one in chart.datasets
        if one.HasField("data")
    ]
    assert max(drawn) <= 1300
    assert 1000 in drawn


def test_a_cell_of_the_matrix_becomes_the_subset_of_either_combination(tiny: None) -> None:
    app = open_page(PAGE, compared="lenet5-random-0.5", cell="bird → cat", **{"class": "car"})
    matrix = json.loads(app.get_by_key("confusion_difference").proto.spec)
    assert [param["name"] for param in matrix["params"]] == ["cell"]
    label = app.button(key="cell_compared").label
    app.button(key="cell_compared").click().run()
    pair = Pair("lenet5-random-0.5", "clean")
    assert selection_json.loads(url(app)["subset"]) == AllOf(
        (OfClass("bird"), PredictedAs(pair, "cat"))
    )
    assert url(app)["class"] == "All classes"
    count = label.removeprefix("Make ").split()[0]
    assert any(text.endswith(f"· **{count}** of 40") for text in words(app))


def test_a_cell_in_the_link_that_the_study_lacks_is_ignored(tiny: None) -> None:
    app = open_page(PAGE, cell="horse → cat")
    assert not [one for one in app.button if str(one.key).startswith("cell_")]


def test_the_matrix_of_many_classes_shows_those_that_change_most(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=100)
    app = open_page(PAGE, **{"class": "class 77"})
    assert any("20 of 100 classes, those whose rows" in text for text in words(app))
    matrix = json.loads(app.get_by_key("confusion_difference").proto.spec)
    domain = matrix["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert len(domain) == 20
    assert "class 77" in domain


def strips(app: AppTest) -> list[str]:
    return [text for text in words(app) if "accuracy" in text and "%" in text]


def test_rows_of_models_are_added_and_removed_and_stand_in_the_link(tiny: None) -> None:
    app = open_page(PAGE, axes_rows="show", **{"class": "bird"})
    assert len(strips(app)) == 2
    app.selectbox(key="strip_series").select("Magnitude").run()
    app.button(key="add_strips").click().run()
    assert app.query_params["keep"] == ["lenet5-magnitude-0.5@clean", "lenet5-magnitude-0.9@clean"]
    assert len(strips(app)) == 3
    charts = [json.loads(one.proto.spec) for one in app.get("vega_lite_chart")]
    rows = [one for one in charts if one.get("height") in {HEIGHT, LABELLED_HEIGHT}]
    assert len(rows) == 3
    for channel in ("x", "y"):
        scales = [one["layer"][0]["encoding"][channel]["scale"] for one in rows]
        assert scales == [scales[0]] * 3
    app.button(key="drop_strip_2_0").click().run()
    assert len(strips(app)) == 2
