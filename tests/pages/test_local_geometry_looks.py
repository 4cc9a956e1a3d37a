"""What the looks at one combination and at many models ask and answer, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store.subsets import json_format as selection_json
from core.store.subsets.predicates import Answered, MetricRange, Pair
from tests.pages.opening import open_page, url
from tests.study_file import write_study

PAGE = "pages/2_Local_Geometry.py"
DENSE, PRUNED = Pair("lenet5-dense", "clean"), Pair("lenet5-magnitude-0.9", "clean")
BOTH = {"reference": DENSE.model, "compared": PRUNED.model}


@pytest.fixture(autouse=True)
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def texts(app: object) -> list[str]:
    return [text.value.replace("\\", "") for text in app.main.markdown]  # type: ignore[attr-defined]


def kept_line(app: object) -> str:
    (line,) = [text for text in texts(app) if text.startswith(("**Kept", "**All"))]
    return line


def test_a_number_field_keeps_samples_and_stands_in_the_link() -> None:
    app = open_page(PAGE, **BOTH)
    assert kept_line(app).startswith("**All 40** chosen samples")
    app.number_input(key="shown_margin_most").set_value(0.0).run()
    assert url(app)["shown_margin"] == "~0"
    assert kept_line(app).startswith("**Kept 5 of 40**: margin at most 0 under Dense (clean)")
    assert "accuracy 0.0" in kept_line(app)
    app.button(key="clear_placed").click().run()
    assert "shown_margin" not in url(app)


def test_the_ranges_are_about_the_combination_that_is_shown() -> None:
    app = open_page(PAGE, shown="compared", shown_angle="50~", **BOTH)
    assert "angle at least 50° under Magnitude 90\u00a0% (clean)" in kept_line(app)
    app.button(key="keep_placed").click().run()
    chosen = selection_json.loads(url(app)["subset"])
    assert chosen == MetricRange(PRUNED, "angle", 50, None)
    assert "shown_angle" not in url(app)


def test_kept_samples_narrow_the_subset_that_was_chosen_before() -> None:
    before = Answered(DENSE, True)
    link = {**BOTH, "shown_length": "10~12", "subset": selection_json.dumps(before)}
    app = open_page(PAGE, **link)
    app.button(key="keep_placed").click().run()
    chosen = selection_json.loads(url(app)["subset"])
    assert chosen.parts == (before, MetricRange(DENSE, "length", 10, 12))  # type: ignore[attr-defined]


def test_each_class_says_how_many_of_it_are_kept() -> None:
    app = open_page(PAGE, shown_margin="~0", **BOTH)
    titles = [text for text in texts(app) if ":small[" in text]
    assert len(titles) == 4
    assert all("kept" in title for title in titles)


@pytest.mark.parametrize("text", ["low~high", "3", "nan~1"])
def test_a_range_that_is_none_keeps_all_with_a_notice(text: str) -> None:
    app = open_page(PAGE, shown_angle=text, **BOTH)
    assert f"“{text}”" in app.main.warning[0].value.replace("\\", "")
    assert kept_line(app).startswith("**All 40**")
    assert "shown_angle" not in url(app)


def test_the_pages_own_defaults_stay_out_of_the_link() -> None:
    app = open_page(PAGE, **BOTH)
    assert not {"look", "layout", "shown"} & set(url(app))
    app.segmented_control(key="choose_layout").set_value("together").run()
    assert url(app)["layout"] == "together"


def test_samples_without_an_angle_are_counted() -> None:
    app = open_page(PAGE, shown="compared", **BOTH)
    assert any("1 sample without an angle" in caption.value for caption in app.caption)
