"""The evaluation table's page: bars, picks, filters of models, the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.many_classes import write_many_class_study
from tests.pages.opening import chart, open_page, select_on_chart, url
from tests.study_file import write_study

PAGE = "pages/1_Evaluation_Table.py"
RANDOM = {"picked": [{"name": "lenet5-random-0.5"}]}


@pytest.fixture(autouse=True)
def _study(studies: Path) -> None:
    write_study(studies / "tiny.duckdb")


def table(app: AppTest) -> Any:
    (found,) = [frame.value for frame in app.dataframe if "clean accuracy" in frame.value.columns]
    return found


def buttons(app: AppTest) -> set[str]:
    return {button.label for button in app.main.button}


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.main.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_a_method_filter_leaves_that_method_and_the_dense_model() -> None:
    assert list(table(open_page(PAGE, only_method="random"))["method"]) == ["Dense", "Random"]


def test_one_severity_is_chosen_by_its_button() -> None:
    app = open_page(PAGE)
    assert "severity" not in url(app)
    app.button_group(key="choose_severity").set_value("3").run()
    assert not app.exception
    assert url(app)["severity"] == "3"
    app.button_group(key="choose_severity").set_value("mean").run()
    assert url(app)["severity"] == "mean"


@pytest.mark.parametrize("severity", ["mean", "3"])
def test_a_link_opens_its_severity(severity: str) -> None:
    app = open_page(PAGE, severity=severity)
    assert app.button_group(key="choose_severity").value == severity


def test_an_unknown_severity_is_the_mean() -> None:
    assert open_page(PAGE, severity="9").button_group(key="choose_severity").value == "mean"


def test_a_click_on_a_bar_picks_its_model_and_keeps_the_chart() -> None:
    app = open_page(PAGE)
    before = chart(app, "evaluation_chart")
    assert "Deselect" not in buttons(app)
    select_on_chart(app, "evaluation_chart", RANDOM)
    assert url(app)["picked"] == "lenet5-random-0.5"
    assert {"Set as reference", "Set as compared", "Pin", "Deselect"} <= buttons(app)
    after = chart(app, "evaluation_chart")
    assert (after.id, after.spec) == (before.id, before.spec)


def test_a_click_beside_the_bars_deselects() -> None:
    app = select_on_chart(open_page(PAGE), "evaluation_chart", RANDOM)
    select_on_chart(app, "evaluation_chart", {"picked": []})
    assert "picked" not in url(app)


def test_a_deselected_bar_can_be_clicked_again() -> None:
    app = select_on_chart(open_page(PAGE), "evaluation_chart", RANDOM)
    press(app, "Deselect")
    assert "picked" not in url(app)
    select_on_chart(app, "evaluation_chart", RANDOM)
    assert url(app)["picked"] == "lenet5-random-0.5"


def test_a_link_lights_its_model_from_the_start() -> None:
    app = open_page(PAGE, picked="lenet5-random-0.5")
    (picked,) = json.loads(chart(app, "evaluation_chart").spec)["params"]
    assert picked["value"] == RANDOM["picked"]


@pytest.mark.parametrize("name", ["lenet5-dense", "gone"])
def test_a_link_to_a_model_without_a_bar_leaves_all_bars_lit(name: str) -> None:
    app = open_page(PAGE, picked=name)
    (picked,) = json.loads(chart(app, "evaluation_chart").spec)["params"]
    assert "value" not in picked
    assert ("Deselect" in buttons(app)) == (name == "lenet5-dense")


def test_a_picked_model_gets_a_role_or_a_pin() -> None:
    app = open_page(PAGE, picked="lenet5-random-0.5", reference_condition="fog-3")
    press(app, "Set as compared")
    assert (url(app)["compared"], url(app)["compared_condition"]) == ("lenet5-random-0.5", "fog-3")
    press(app, "Pin")
    assert url(app)["keep"] == "lenet5-random-0.5@fog-3"


def test_the_difference_to_the_whole_test_set_appears_with_a_class() -> None:
    title = "These samples against the whole test set"
    assert title not in [heading.value for heading in open_page(PAGE).subheader]
    with_class = open_page(PAGE, **{"class": "cat"})
    assert title in [heading.value for heading in with_class.subheader]


def test_another_class_reference_or_severity_needs_no_new_chart() -> None:
    first = open_page(PAGE, **{"class": "cat"})
    second = open_page(PAGE, severity="3", reference="lenet5-random-0.5", **{"class": "bird"})
    for name in ("evaluation_chart", "minus accuracy of all"):
        assert chart(first, name).spec == chart(second, name).spec


def test_constant_columns_are_hidden_until_they_are_wanted() -> None:
    app = open_page(PAGE)
    assert "network" not in table(app).columns
    next(t for t in app.toggle if t.label == "Hide constant columns").set_value(False).run()
    assert {"network", "seed", "degenerate", "target sparsity"} <= set(table(app).columns)


def test_the_table_speaks_in_standard_terms() -> None:
    columns = set(table(open_page(PAGE)).columns)
    assert {"relative mCE", "significant (Holm)", "target sparsity", "sparsity"} <= columns
    assert not [name for name in columns - {"model_id"} if "_" in name]


def captions(app: AppTest) -> str:
    return " ".join(caption.value.replace("\\", "") for caption in app.main.caption)


def test_the_table_compares_under_any_condition_that_a_link_carries() -> None:
    app = open_page(PAGE)
    assert "tested_condition" not in url(app)
    assert "each model against Dense, on the same images (clean); " in captions(app)
    clean = list(table(app)["broken"])
    app.selectbox(key="choose_tested_condition").select("fog-3").run()
    assert not app.exception
    assert url(app)["tested_condition"] == "fog-3"
    assert "each model against Dense, on the same images (fog, severity 3)" in captions(app)
    assert "Holm's correction over 3 comparisons, 5 % level" in captions(app)
    fog = list(table(app)["broken"])
    assert fog[1:] != clean[1:]
    linked = open_page(PAGE, tested_condition="fog-3", reference_condition="gaussian_noise-3")
    assert list(table(linked)["broken"])[1:] == fog[1:]


def test_the_table_compares_under_the_references_condition_by_default() -> None:
    app = open_page(PAGE, reference_condition="gaussian_noise-3", tested_condition="gone")
    assert app.selectbox(key="choose_tested_condition").value == "gaussian_noise-3"


def test_differences_say_by_which_test_and_over_how_many() -> None:
    text = captions(open_page(PAGE, **{"class": "cat"}))
    assert "Holm's correction over 12 tests, 5 % level" in text
    assert "exact hypergeometric test" in text


def test_samples_that_a_shown_model_chose_are_not_tested() -> None:
    chosen = '{"answered":["lenet5-dense","clean"],"correct":false}'
    app = open_page(PAGE, subset=chosen, **{"class": "cat"})
    assert "Significance: chosen by this; no test." in captions(app)
    assert "Holm" not in captions(app)
    assert set(table(app)["p"].dropna()) == {"chosen by this; no test"}
    bars = chart(app, "minus accuracy of all").datasets
    assert "chosen by this; no test" in str(bars)


def test_the_table_follows_the_filter_of_samples() -> None:
    whole, one = table(open_page(PAGE)), table(open_page(PAGE, subset='{"samples":[1,2,3]}'))
    assert set(one["clean accuracy"].round(1)) <= {0.0, 33.3, 66.7, 100.0}
    assert list(one["clean accuracy"]) != list(whole["clean accuracy"])


def test_many_classes_and_no_corruption(studies: Path) -> None:
    write_many_class_study(studies / "many.duckdb", classes=120)
    app = open_page(PAGE, study="many", **{"class": "class 7"})
    assert len(table(app)) == 2
