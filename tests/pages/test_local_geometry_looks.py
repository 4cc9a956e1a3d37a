"""Angle and length under one combination on the local geometry page, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.display.components import chart
from core.store.combination import Combination
from core.store.subsets import json_format
from core.store.subsets.predicates import Correctness
from core.store.subsets.ranges import MetricUnder, Range, RangeFilter
from tests.pages.opening import open_page, url
from tests.study_file import write_study

PAGE = "pages/2_Local_Geometry.py"
DENSE, PRUNED = (
    Combination("lenet5-dense", "clean"),
    Combination("lenet5-magnitude-0.9", "clean"),
)
BOTH = {"reference": DENSE.model, "compared": PRUNED.model}


@pytest.fixture(autouse=True)
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def texts(app: AppTest) -> list[str]:
    return [text.value.replace("\\", "") for text in app.main.markdown]


def selection_line(app: AppTest) -> str:
    (line,) = [text for text in texts(app) if text.startswith(("**Selected", "**All"))]
    return line


def test_each_class_stands_apart_unless_one_is_chosen() -> None:
    assert len(open_page(PAGE).main.get("vega_lite_chart")) == 4
    one = open_page(PAGE, **{"class": "cat"})
    assert len(one.main.get("vega_lite_chart")) == 1
    some = open_page(PAGE, only_class=["cat", "bird"])
    assert len(some.main.get("vega_lite_chart")) == 2


def test_the_explanation_is_one_click_away() -> None:
    app = open_page(PAGE, **{"class": "cat"})
    app.toggle(key="choose_explain").set_value(True).run()
    assert len(app.main.get("vega_lite_chart")) == 3
    assert url(app)["explain"] == "yes"


def test_a_typed_range_selects_samples_and_stands_in_the_link() -> None:
    app = open_page(PAGE, **BOTH)
    assert selection_line(app).startswith("**All 40** samples")
    app.number_input(key="shown_margin_high").set_value(0.0).run()
    assert url(app)["shown_margin"] == "~0"
    line = selection_line(app)
    assert line.startswith("**Selected 5 of 40**: margin at most 0 under Dense (clean)")
    assert "accuracy 0.0" in line
    app.button(key="clear_shown").click().run()
    assert "shown_margin" not in url(app)


def test_thousands_of_samples_have_a_whole_accuracy_without_an_interval(studies: Path) -> None:
    write_study(studies / "large.duckdb", sample_count=3000)
    app = open_page(PAGE, study="large", shown_angle="1~", **BOTH)
    line = selection_line(app)
    assert line.startswith("**Selected 3,000 of 3,000**")
    accuracy = line.split(" · accuracy ")[1]
    assert accuracy.endswith("\u00a0% (chosen by this; no test)"), "not cut at the comma of 3,000"
    assert "2,000 of 3,000 samples are drawn" in app.main.caption[-1].value


def test_the_ranges_are_about_the_combination_that_is_shown() -> None:
    app = open_page(PAGE, shown="compared", shown_angle="50~", **BOTH)
    assert "angle at least 50° under Magnitude 90\u00a0% (clean)" in selection_line(app)
    app.button(key="use_shown").click().run()
    chosen = json_format.loads(url(app)["subset"])
    assert chosen == RangeFilter(MetricUnder(PRUNED, "angle"), Range(50))
    assert "shown_angle" not in url(app)


def test_selected_samples_narrow_the_filter_that_was_chosen_before() -> None:
    before = Correctness(DENSE, correct=True)
    link = {**BOTH, "shown_length": "10~12", "subset": json_format.dumps(before)}
    app = open_page(PAGE, **link)
    app.button(key="use_shown").click().run()
    chosen = json_format.loads(url(app)["subset"])
    length = RangeFilter(MetricUnder(DENSE, "length"), Range(10, 12))
    assert chosen.parts == (before, length)  # type: ignore[attr-defined]


def test_each_class_says_how_many_of_it_are_selected() -> None:
    titles = [
        text for text in texts(open_page(PAGE, shown_margin="~0", **BOTH)) if ":small[" in text
    ]
    assert len(titles) == 4
    assert all("selected" in title for title in titles)


@pytest.mark.parametrize("text", ["low~high", "3", "nan~1"])
def test_a_range_that_is_none_selects_all_with_a_notice(text: str) -> None:
    app = open_page(PAGE, shown_angle=text, **BOTH)
    assert f"“{text}”" in app.main.warning[0].value.replace("\\", "")
    assert selection_line(app).startswith("**All 40**")
    assert "shown_angle" not in url(app)


def test_the_pages_own_defaults_stay_out_of_the_link() -> None:
    app = open_page(PAGE, **BOTH)
    assert not {"look", "layout", "shown"} & set(url(app))
    app.segmented_control(key="choose_layout").set_value("together").run()
    assert url(app)["layout"] == "together"


def test_samples_without_an_angle_are_counted() -> None:
    app = open_page(PAGE, shown="compared", **BOTH)
    assert any("1 sample without an angle" in caption.value for caption in app.caption)


@pytest.mark.parametrize("look", ["lie", "changed"])
def test_another_model_or_class_needs_no_new_chart(
    monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    asked: set[str] = set()
    specification = chart.specification
    monkeypatch.setattr(
        chart, "specification", lambda one: asked.add(str(one)) or specification(one)
    )
    app = open_page(PAGE, look=look, layout="together", **BOTH)
    built = set(asked)
    assert built
    app.selectbox(key="choose_compared").select("lenet5-random-0.5").run()
    app.selectbox(key="choose_reference").select("lenet5-magnitude-0.5").run()
    app.selectbox(key="choose_class").select("cat").run()
    assert not app.exception
    assert asked == built
