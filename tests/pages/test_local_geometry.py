"""Compare, and old links to the local geometry page, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store.combination import Combination
from core.store.subsets import json_format
from core.store.subsets.predicates import Correctness, Outcome
from core.store.subsets.ranges import MetricChange, MetricUnder, Range, RangeFilter
from tests.many_classes import write_many_class_study
from tests.pages.opening import open_page, url
from tests.study_file import MODELS, write_study

PAGE = "pages/2_Local_Geometry.py"
DENSE, PRUNED = (
    Combination("lenet5-dense", "clean"),
    Combination("lenet5-magnitude-0.9", "clean"),
)
CHANGED = {"look": "changed", "compared": PRUNED.model}


@pytest.fixture(autouse=True)
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def texts(app: AppTest) -> list[str]:
    return [text.value.replace("\\", "") for text in app.main.markdown]


def selection_line(app: AppTest) -> str:
    (line,) = [text for text in texts(app) if text.startswith(("**Selected ", "**All "))]
    return line


def charts(app: AppTest) -> int:
    return len(app.main.get("vega_lite_chart"))


def test_a_typed_range_selects_samples_and_stands_in_the_link() -> None:
    app = open_page(PAGE, **CHANGED)
    assert selection_line(app).startswith("**All 40** samples")
    app.number_input(key="change_angle_low").set_value(20.0).run()
    assert url(app)["change_angle"] == "20~"
    assert "angle changed by at least 20° from Dense (clean)" in selection_line(app)
    app.button(key="clear_paired").click().run()
    assert "change_angle" not in url(app)


def test_selected_samples_narrow_the_filter_that_was_chosen_before() -> None:
    before = Correctness(DENSE, correct=True)
    link = {**CHANGED, "change_angle": "18~30", "subset": json_format.dumps(before)}
    app = open_page(PAGE, **link)
    app.button(key="use_paired").click().run()
    chosen = json_format.loads(url(app)["subset"])
    change = RangeFilter(MetricChange(DENSE, PRUNED, "angle"), Range(18, 30))
    assert chosen.parts == (before, change)  # type: ignore[attr-defined]
    assert "change_angle" not in url(app)


def test_a_brush_survives_another_view_and_another_class() -> None:
    app = open_page(PAGE, change_length="-8~-5", **CHANGED)
    app.selectbox(key="choose_class").select("car").run()
    app.segmented_control(key="choose_look").set_value("lie").run()
    app.segmented_control(key="choose_look").set_value("changed").run()
    assert url(app)["change_length"] == "-8~-5"
    assert "of 10**: length changed by -8 to -5" in selection_line(app)


@pytest.mark.parametrize("text", ["low~high", "3", "1~2~3", "~", "nan~1", "inf~"])
def test_a_range_that_is_none_selects_all_with_a_notice(text: str) -> None:
    app = open_page(PAGE, change_angle=text, **CHANGED)
    assert f"“{text}”" in app.main.warning[0].value.replace("\\", "")
    assert selection_line(app).startswith("**All 40** samples")
    assert "change_angle" not in url(app)


def test_samples_without_a_position_are_counted() -> None:
    app = open_page(PAGE, **CHANGED)
    assert any("1 sample without an angle under one of the two" in c.value for c in app.caption)


def test_outcomes_are_named_by_what_happens_to_an_answer() -> None:
    found = [text for text in texts(open_page(PAGE, **CHANGED)) if ":small[" in text]
    titles = [title.split("**")[1] for title in found]
    assert {"Reference: angle and length", "Right → wrong", "Wrong → right"} <= set(titles)


def test_a_combination_compared_with_itself_gets_a_word() -> None:
    app = open_page(PAGE, look="changed", reference=DENSE.model, compared=DENSE.model)
    assert app.main.info[0].value == (
        "Reference and compared are the same combination: nothing differs."
    )
    assert charts(app) == 0
    assert not any("interval" in text for text in texts(app))


@pytest.mark.parametrize(
    ("look", "label"),
    [
        ("lie", "Angle and length"),
        ("changed", "Compare"),
        ("ratios", "Sparsity sweep"),
        ("models", "Across models"),
    ],
)
def test_links_of_before_open_the_same_view(look: str, label: str) -> None:
    app = open_page(PAGE, look=look, compared=PRUNED.model)
    control = app.segmented_control(key="choose_look")
    assert control.value == look
    assert label in control.options
    assert charts(app)


def test_an_unknown_view_is_the_first_one() -> None:
    assert open_page(PAGE, look="sideways").segmented_control(key="choose_look").value == "lie"


def test_ranges_and_filters_of_links_of_before_select_the_same_samples() -> None:
    app = open_page(
        PAGE,
        change_angle="15~25",
        place_length="11~",
        subset='{"all":[{"answered":["lenet5-dense","clean"],"correct":true},'
        '{"outcome":"broken","from":["lenet5-dense","clean"],'
        '"to":["lenet5-magnitude-0.9","clean"]}]}',
        **CHANGED,
    )
    chosen = json_format.loads(url(app)["subset"])
    assert chosen.parts == (  # type: ignore[attr-defined]
        Correctness(DENSE, correct=True),
        Outcome(DENSE, PRUNED, "broken"),
    )
    line = selection_line(app)
    assert "angle changed by 15° to 25°" in line
    assert "length at least 11 under Dense (clean)" in line
    app.button(key="use_paired").click().run()
    narrowed = json_format.loads(url(app)["subset"])
    assert RangeFilter(MetricUnder(DENSE, "length"), Range(11)) in narrowed.parts  # type: ignore[attr-defined]


@pytest.mark.parametrize("look", ["lie", "changed"])
def test_one_model_one_sample_and_an_empty_filter_get_a_sentence(studies: Path, look: str) -> None:
    write_study(studies / "one.duckdb", sample_count=1, models=MODELS[:2])
    app = open_page(PAGE, study="one", look=look)
    assert charts(app)
    nothing = json_format.dumps(Outcome(DENSE, DENSE, "broken"))
    empty = open_page(PAGE, look=look, subset=nothing)
    assert "No sample is in the chosen class and filter" in empty.main.info[0].value
    assert charts(empty) == 0


@pytest.mark.parametrize(("look", "drawn"), [("lie", 12), ("changed", 10)])
def test_a_thousand_classes_without_images(studies: Path, look: str, drawn: int) -> None:
    write_many_class_study(studies / "many.duckdb", classes=1000)
    app = open_page(PAGE, study="many", look=look, compared="net-magnitude-0.9")
    assert charts(app) == drawn
