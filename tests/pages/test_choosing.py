"""Pinned combinations and the filter of samples, through the pages that show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.store.combination import Combination
from core.store.subsets import json_format
from core.store.subsets.combinators import AllOf
from core.store.subsets.predicates import Correctness, OfClass, Outcome, SampleIds
from core.store.subsets.ranges import MetricChange, MetricUnder, Range, RangeFilter
from tests.pages.opening import PAGES, open_page, url, warnings, words_of
from tests.study_file import write_study

DENSE = Combination("lenet5-dense", "clean")
WORST = Combination("lenet5-random-0.5", "fog-3")


@pytest.fixture(autouse=True)
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def button(app: AppTest, key: str) -> Any:
    return app.button(key=key)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "Home.py"])
def test_every_page_says_which_samples_and_how_many(page: str) -> None:
    app = open_page(page, subset=json_format.dumps(SampleIds((1, 2, 5))), **{"class": "car"})
    assert (
        words_of(app, "samples")
        == ":blue-badge[samples] class car and samples 1, 2, 5 · **2** of 40"
    )


@pytest.mark.parametrize(
    "text", ["nonsense", '{"class":"horse"}', '{"answered":["vgg","clean"],"correct":true}']
)
def test_a_subset_that_cannot_be_had_falls_back_to_all_with_a_notice(text: str) -> None:
    app = open_page("pages/1_Evaluation_Table.py", subset=text)
    assert warnings(app)[0].startswith("Showing all samples: ")
    assert "all samples · **40** of 40" in words_of(app, "samples")
    assert "subset" not in url(app)


def test_broken_samples_are_chosen_with_the_form_and_stand_in_the_link() -> None:
    app = open_page(
        "pages/1_Evaluation_Table.py", compared=WORST.model, compared_condition=WORST.condition
    )
    button(app, "add_part").click().run()
    expected = Outcome(DENSE, WORST, "broken")
    assert json_format.loads(url(app)["subset"]) == expected
    assert "right → wrong from Dense (clean) to Random 50 % (fog, severity 3)" in words_of(
        app, "samples"
    )


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (
            "answer",
            {"subset_role": "compared", "subset_answer": "right"},
            Correctness(WORST, True),
        ),
        (
            "range",
            {"subset_metric": "angle", "subset_low": 40.0},
            RangeFilter(MetricUnder(DENSE, "angle"), Range(40.0)),
        ),
        (
            "difference",
            {"subset_metric": "margin", "subset_high": -1.0},
            RangeFilter(MetricChange(DENSE, WORST, "margin"), Range(None, -1.0)),
        ),
    ],
)
def test_each_kind_of_filter_is_added_with_the_form(
    kind: str, fields: dict[str, Any], expected: object
) -> None:
    app = open_page(
        "pages/1_Evaluation_Table.py", compared=WORST.model, compared_condition=WORST.condition
    )
    app.selectbox(key="subset_kind").select(kind).run()
    for key, value in fields.items():
        if isinstance(value, str):
            app.selectbox(key=key).select(value).run()
        else:
            app.number_input(key=key).set_value(value).run()
    button(app, "add_part").click().run()
    assert json_format.loads(url(app)["subset"]) == expected


def test_a_range_without_limits_cannot_be_added() -> None:
    app = open_page("pages/1_Evaluation_Table.py")
    app.selectbox(key="subset_kind").select("range").run()
    assert button(app, "add_part").disabled


def test_a_second_condition_narrows_the_first_and_each_can_be_removed() -> None:
    first = Correctness(DENSE, True)
    app = open_page("pages/1_Evaluation_Table.py", subset=json_format.dumps(first))
    app.selectbox(key="subset_kind").select("ids").run()
    app.text_input(key="subset_ids").input("3, 4 5").run()
    button(app, "add_part").click().run()
    assert json_format.loads(url(app)["subset"]) == AllOf((first, SampleIds((3, 4, 5))))
    button(app, "remove_part_0").click().run()
    assert json_format.loads(url(app)["subset"]) == SampleIds((3, 4, 5))
    button(app, "clear_subset").click().run()
    assert "subset" not in url(app)


def test_sample_ids_that_are_no_numbers_are_refused_in_words() -> None:
    app = open_page("pages/1_Evaluation_Table.py")
    app.selectbox(key="subset_kind").select("ids").run()
    app.text_input(key="subset_ids").input("3, four").run()
    assert app.error[0].value == "Expected whole numbers, found something else."
    assert button(app, "add_part").disabled


def test_a_named_subset_can_be_chosen_again() -> None:
    app = open_page("pages/1_Evaluation_Table.py", subset=json_format.dumps(OfClass("bird")))
    app.text_input(key="subset_name").input("birds").run()
    button(app, "name_subset").click().run()
    button(app, "clear_subset").click().run()
    button(app, "named_birds").click().run()
    assert "class bird · **10** of 40" in words_of(app, "samples")


def test_a_subset_too_long_for_a_link_is_kept_and_said_to_be() -> None:
    app = open_page("pages/1_Evaluation_Table.py")
    app.session_state["choices"]["subset"] = [json_format.dumps(SampleIds(tuple(range(400))))]
    app.run()
    assert "**40** of 40" in words_of(app, "samples")
    assert "subset" not in url(app)
    assert any("too long for a link" in caption.value for caption in app.main.caption)


def test_pinned_combinations_stand_in_the_link_and_come_back_on_every_page() -> None:
    app = open_page("pages/1_Evaluation_Table.py")
    next(b for b in app.sidebar.button if b.label == "Pin both").click().run()
    pinned = app.query_params["keep"]
    assert pinned == ["lenet5-dense@clean", "lenet5-magnitude-0.5@clean"]
    link = open_page(
        "pages/2_Local_Geometry.py", keep=[*pinned, "lenet5-random-0.5@fog-3", "gone@clean"]
    )
    assert "“gone@clean”" in warnings(link)[0]
    assert not [frame for frame in link.dataframe if "role" in frame.value.columns]
    link.session_state["combinations"] = True
    link.run()
    (table,) = [frame.value for frame in link.dataframe if "role" in frame.value.columns]
    assert list(table["role"]) == ["reference", "compared", "pinned"]
    assert list(table["condition"])[-1] == "fog, severity 3"


# Home and SQL are about the whole study
@pytest.mark.parametrize("page", [p for p in PAGES if p not in {"Home.py", "pages/7_SQL.py"}])
def test_a_class_and_a_filter_without_a_common_sample_leave_nothing_to_show(page: str) -> None:
    subset = json_format.dumps(OfClass("cat"))
    app = open_page(page, subset=subset, **{"class": "bird"})
    assert "No sample is in the chosen class and filter" in app.info[0].value
