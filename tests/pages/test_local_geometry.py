"""What the local geometry page asks and answers, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store.subsets import json_format as selection_json
from core.store.subsets.predicates import Answered, MetricDifference, Pair
from tests.pages.opening import open_page, url
from tests.study_file import write_study

PAGE = "pages/2_Local_Geometry.py"
DENSE, PRUNED = Pair("lenet5-dense", "clean"), Pair("lenet5-magnitude-0.9", "clean")
CHANGED = {"look": "changed", "compared": PRUNED.model}


@pytest.fixture(autouse=True)
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def kept_line(app: AppTest) -> str:
    (line,) = [
        text.value for text in app.main.markdown if text.value.startswith(("**Kept ", "**All "))
    ]
    return line.replace("\\", "")


def test_a_number_field_keeps_samples_and_stands_in_the_link() -> None:
    app = open_page(PAGE, **CHANGED)
    assert kept_line(app).startswith("**All 40** chosen samples")
    app.number_input(key="change_angle_least").set_value(20.0).run()
    assert url(app)["change_angle"] == "20~"
    assert "angle changed by at least 20° from Dense (clean)" in kept_line(app)


def test_kept_samples_narrow_the_subset_that_was_chosen_before() -> None:
    before = Answered(DENSE, True)
    link = {**CHANGED, "change_angle": "18~30", "subset": selection_json.dumps(before)}
    app = open_page(PAGE, **link)
    app.button(key="keep_brushed").click().run()
    chosen = selection_json.loads(url(app)["subset"])
    change = MetricDifference(DENSE, PRUNED, "angle", 18, 30)
    assert chosen.parts == (before, change)  # type: ignore[attr-defined]
    assert "change_angle" not in url(app)


def test_a_brush_survives_another_question_and_another_class() -> None:
    app = open_page(PAGE, change_length="-8~-5", **CHANGED)
    app.selectbox(key="choose_class").select("car").run()
    app.segmented_control(key="choose_look").set_value("lie").run()
    app.segmented_control(key="choose_look").set_value("changed").run()
    assert url(app)["change_length"] == "-8~-5"
    assert "of 10**: length changed by -8 to -5" in kept_line(app)


@pytest.mark.parametrize("text", ["low~high", "3", "1~2~3", "~", "nan~1", "inf~"])
def test_a_range_that_is_none_keeps_all_with_a_notice(text: str) -> None:
    app = open_page(PAGE, change_angle=text, **CHANGED)
    assert f"“{text}”" in app.main.warning[0].value.replace("\\", "")
    assert kept_line(app).startswith("**All 40** chosen samples")
    assert "change_angle" not in url(app)


def test_samples_without_a_place_are_counted() -> None:
    app = open_page(PAGE, **CHANGED)
    assert any("1 sample without an angle under one of the two" in c.value for c in app.caption)


def test_each_class_stands_apart_unless_one_is_chosen() -> None:
    app = open_page(PAGE)
    charts = app.main.get("vega_lite_chart")
    assert len(charts) == 4
    one = open_page(PAGE, **{"class": "cat"})
    assert len(one.main.get("vega_lite_chart")) == 1
    some = open_page(PAGE, only_class=["cat", "bird"])
    assert len(some.main.get("vega_lite_chart")) == 2


def test_the_explanation_is_one_click_away() -> None:
    app = open_page(PAGE, **{"class": "cat"})
    app.toggle(key="choose_explain").set_value(True).run()
    assert len(app.main.get("vega_lite_chart")) == 3
    assert url(app)["explain"] == "yes"


def test_a_sweep_shows_each_method_that_has_several_ratios() -> None:
    app = open_page(PAGE, look="ratios", **{"class": "car"})
    assert app.multiselect(key="choose_sweep").value == ["Magnitude"]
    (table,) = [frame.value for frame in app.dataframe if "mean angle" in frame.value.columns]
    assert list(table["ratio"]) == ["dense", "50\u00a0% removed", "90\u00a0% removed"]


def test_robust_and_fragile_samples_are_compared_with_all() -> None:
    app = open_page(PAGE, look="models")
    (line,) = [text.value for text in app.main.markdown if "Robust by rule" in text.value]
    assert "Fragile by rule" in line
    assert "4 models of the reference's network" in line
