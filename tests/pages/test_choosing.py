"""Combinations, subsets, filters and picks, through the pages that show them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.store.subsets import json_format as selection_json
from core.store.subsets.predicates import AllOf, Answered, Listed, OfClass, Outcome, Pair
from tests.pages.opening import PAGES, open_page, url
from tests.study_file import write_study

DENSE = Pair("lenet5-dense", "clean")
WORST = Pair("lenet5-random-0.5", "fog-3")
TABLE = "pages/1_Evaluation_Table.py"


@pytest.fixture(autouse=True)
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def chosen_line(app: AppTest) -> str:
    (line,) = [m.value for m in app.main.markdown if m.value.startswith(":blue-badge[samples]")]
    return line.replace("\\", "").replace("\u00a0", " ")


def button(app: AppTest, key: str) -> Any:
    return app.button(key=key)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_which_samples_and_how_many(page: str) -> None:
    app = open_page(page, subset=selection_json.dumps(Listed((1, 2, 5))), **{"class": "car"})
    assert chosen_line(app) == ":blue-badge[samples] class car and samples 1, 2, 5 · **2** of 40"


@pytest.mark.parametrize(
    "text", ["nonsense", '{"class":"horse"}', '{"answered":["vgg","clean"],"correct":true}']
)
def test_a_subset_that_cannot_be_had_falls_back_to_all_with_a_notice(text: str) -> None:
    app = open_page("Home.py", subset=text)
    assert app.main.warning[0].value.startswith("Showing all samples:")
    assert "all samples · **40** of 40" in chosen_line(app)
    assert "subset" not in url(app)


def test_broken_samples_are_chosen_with_the_form_and_stand_in_the_link() -> None:
    app = open_page("Home.py", compared=WORST.model, compared_condition=WORST.condition)
    button(app, "add_part").click().run()
    expected = Outcome(DENSE, WORST, "broken")
    assert selection_json.loads(url(app)["subset"]) == expected
    assert "broken from Dense (clean) to Random 50 % (fog, severity 3)" in chosen_line(app)


def test_a_second_condition_narrows_the_first_and_each_can_be_removed() -> None:
    first = Answered(DENSE, True)
    app = open_page("Home.py", subset=selection_json.dumps(first))
    app.selectbox(key="subset_kind").select("ids").run()
    app.text_input(key="subset_ids").input("3, 4 5").run()
    button(app, "add_part").click().run()
    assert selection_json.loads(url(app)["subset"]) == AllOf((first, Listed((3, 4, 5))))
    button(app, "remove_part_0").click().run()
    assert selection_json.loads(url(app)["subset"]) == Listed((3, 4, 5))
    button(app, "clear_subset").click().run()
    assert "subset" not in url(app)


def test_sample_ids_that_are_no_numbers_are_refused_in_words() -> None:
    app = open_page("Home.py")
    app.selectbox(key="subset_kind").select("ids").run()
    app.text_input(key="subset_ids").input("3, four").run()
    assert app.error[0].value == "Expected whole numbers, found something else."
    assert button(app, "add_part").disabled


def test_a_named_subset_can_be_chosen_again() -> None:
    app = open_page("Home.py", subset=selection_json.dumps(OfClass("bird")))
    app.text_input(key="subset_name").input("birds").run()
    button(app, "name_subset").click().run()
    button(app, "clear_subset").click().run()
    button(app, "named_birds").click().run()
    assert "class bird · **10** of 40" in chosen_line(app)


def test_a_subset_too_long_for_a_link_is_kept_and_said_to_be() -> None:
    app = open_page("Home.py")
    app.session_state["choices"]["subset"] = [selection_json.dumps(Listed(tuple(range(400))))]
    app.run()
    assert "**40** of 40" in chosen_line(app)
    assert "subset" not in url(app)
    assert any("too long for a link" in caption.value for caption in app.main.caption)


def test_kept_combinations_stand_in_the_link_and_come_back_on_every_page() -> None:
    app = open_page("Home.py")
    next(b for b in app.sidebar.button if b.label == "Keep both").click().run()
    kept = app.query_params["keep"]
    assert kept == ["lenet5-dense@clean", "lenet5-magnitude-0.5@clean"]
    link = open_page(
        "pages/2_Local_Geometry.py", keep=[*kept, "lenet5-random-0.5@fog-3", "gone@clean"]
    )
    assert "“gone@clean”" in link.main.warning[0].value
    (table,) = [frame.value for frame in link.dataframe if "role" in frame.value.columns]
    assert list(table["role"]) == ["reference", "compared", "kept"]
    assert list(table["condition"])[-1] == "fog, severity 3"


def test_a_method_filter_leaves_that_method_and_the_dense_model() -> None:
    app = open_page(TABLE, only_method="random")
    (table,) = [frame.value for frame in app.dataframe if "clean accuracy" in frame.value.columns]
    assert list(table["method"]) == ["Dense", "Random"]


def test_a_picked_model_is_described_and_can_be_made_the_compared() -> None:
    app = open_page(TABLE, picked="lenet5-random-0.5")
    button(app, "pick_compared").click().run()
    assert url(app)["compared"] == "lenet5-random-0.5"
    button(app, "pick_none").click().run()
    assert "picked" not in url(app)


def test_a_click_on_a_bar_picks_its_model() -> None:
    app = open_page(TABLE)
    spec = json.loads(app.get_by_key("evaluation_chart").proto.spec)
    assert [param["name"] for param in spec["params"]] == ["picked"]


def test_the_difference_to_the_whole_test_set_appears_with_a_class() -> None:
    title = "These samples against the whole test set"
    assert title not in [heading.value for heading in open_page(TABLE).subheader]
    with_class = open_page(TABLE, **{"class": "cat"})
    assert title in [heading.value for heading in with_class.subheader]


def test_home_leads_from_each_question_to_a_view_that_is_set_up() -> None:
    app = open_page("Home.py", only_method="random")
    links = [link.proto for link in app.get("page_link")]
    broken = next(link for link in links if "more vulnerable" in link.label)
    query = dict(parse_qsl(broken.query_string))
    pruned = Pair("lenet5-magnitude-0.5", "clean")
    assert selection_json.loads(query["subset"]) == Outcome(DENSE, pruned, "broken")
    assert query["only_method"] == "random"
    assert len(links) == 4 + 3


@pytest.mark.parametrize("page", [page for page in PAGES if page != "Home.py"])
def test_a_class_and_a_subset_without_a_common_sample_leave_nothing_to_show(page: str) -> None:
    subset = selection_json.dumps(OfClass("cat"))
    app = open_page(page, subset=subset, **{"class": "bird"})
    assert "No sample is in the chosen class and subset" in app.info[0].value


def test_the_compared_combination_can_be_shown_instead() -> None:
    app = open_page("pages/2_Local_Geometry.py", shown="compared", compared=WORST.model)
    (text,) = [m.value for m in app.main.markdown if "accuracy **" in m.value]
    assert "random pruning" in text
