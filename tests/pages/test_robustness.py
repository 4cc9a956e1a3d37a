"""The robustness page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.many_classes import write_many_class_study
from tests.pages.opening import chart, open_page, select_on_chart, url
from tests.study_file import MODELS, write_study

PAGE = "pages/5_Robustness.py"
CHOSEN = '{"answered":["lenet5-dense","clean"],"correct":true}'


@pytest.mark.parametrize(
    ("foretold", "words", "key"),
    [("corruption", "Pearson (circle)", "corruption_dots"), ("pruning", "AUROC", "pruning_dots")],
)
def test_what_foretells_is_shown_with_intervals(
    studies: Path, foretold: str, words: str, key: str
) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness="predictors", foretold=foretold)
    assert words in " ".join(one.value for one in app.main.markdown)
    assert any("95 % intervals over images" in one.value for one in app.caption)
    assert chart(app, "A row for each model")


def test_the_scatter_is_of_the_model_in_the_url(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, scatter_model="lenet5-random-0.5")
    assert app.selectbox(key="choose_scatter_model").value == "lenet5-random-0.5"
    app.selectbox(key="choose_scatter_model").select("lenet5-magnitude-0.5").run()
    assert url(app)["scatter_model"] == "lenet5-magnitude-0.5"


def test_samples_chosen_by_a_model_get_no_interval(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, subset=CHOSEN)
    assert any("Intervals: none (chosen by this; no test)" in one.value for one in app.caption)


@pytest.mark.parametrize("foretold", ["corruption", "pruning"])
def test_without_corruptions_or_pruned_models_it_says_what_is_missing(
    studies: Path, foretold: str
) -> None:
    if foretold == "corruption":
        write_many_class_study(studies / "bare.duckdb", classes=101)
    else:
        write_study(studies / "bare.duckdb", models=MODELS[:1])
    (info,) = open_page(PAGE, foretold=foretold).info
    assert info.value.startswith("This needs clean images and")


@pytest.mark.parametrize("rows", ["corruptions", "classes", "classes_corrupted"])
def test_the_prune_potential_of_each_row_is_shown(studies: Path, rows: str) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness="potential", rows=rows)
    assert chart(app, "A row for each corruption or class")
    assert any("paired bootstrap intervals over images" in one.value for one in app.caption)
    assert app.multiselect(key="choose_methods").options == ["Magnitude"]


def test_the_prune_potential_needs_a_series(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", models=MODELS[:2])
    (info,) = open_page(PAGE, robustness="potential").info
    assert info.value.startswith("This needs a method with more than one target sparsity")


def test_a_filter_by_a_model_gives_the_potential_no_interval(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness="potential", subset=CHOSEN)
    assert any("Intervals: none (chosen by this; no test)" in one.value for one in app.caption)


def test_accuracy_by_severity_is_of_the_models_in_the_url(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(
        PAGE, robustness="severity", models=["lenet5-dense", "lenet5-random-0.5"], corruptions="fog"
    )
    assert chart(app, "Accuracy by severity")
    assert "95 % intervals (Wilson)" in " ".join(one.value for one in app.main.markdown)
    assert app.multiselect(key="choose_models").value == ["lenet5-dense", "lenet5-random-0.5"]


def test_accuracy_by_severity_needs_corruptions(studies: Path) -> None:
    write_many_class_study(studies / "bare.duckdb", classes=101)
    (info,) = open_page(PAGE, robustness="severity").info
    assert info.value == "This study has no corrupted images."


@pytest.mark.parametrize("metric", ["margin", "true_probability"])
def test_the_relative_change_says_how_much_is_trimmed(studies: Path, metric: str) -> None:
    write_study(studies / "tiny.duckdb", sample_count=400)
    app = open_page(PAGE, robustness="change", change_of=metric, compared="lenet5-random-0.5")
    assert chart(app, "Density of the relative change")
    assert chart(app, "A row for each corruption, a panel")
    words = " ".join(one.value for one in app.main.markdown)
    assert "Dense: 8 of 800" in words.replace("\\", "")


def test_the_relative_change_needs_corruptions(studies: Path) -> None:
    write_many_class_study(studies / "bare.duckdb", classes=101)
    (info,) = open_page(PAGE, robustness="change").info
    assert info.value.startswith("This needs clean and corrupted images")


PAIR = ["lenet5-dense", "lenet5-magnitude-0.9"]


@pytest.mark.parametrize("by", ["errors", "geometry"])
@pytest.mark.parametrize("alike", ["models", "corruptions"])
def test_who_is_alike_has_a_matrix_and_a_layout(studies: Path, alike: str, by: str) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness="alike", alike=alike, alike_by=by, alike_severity="3")
    assert chart(app, f"Matrix of how alike {alike} are")
    assert chart(app, "in the plane, alike ones near")


def test_a_click_on_the_matrix_picks_a_pair_that_can_be_compared(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness="alike", alike_under="fog-3")
    picked = {"pair": [{"first": PAIR[0], "second": PAIR[1]}]}
    select_on_chart(app, "similarity_matrix", picked)
    assert app.query_params["pair"] == PAIR
    words = " ".join(one.value for one in app.main.markdown)
    assert "95 % interval over images" in words
    next(b for b in app.button if b.label == "Set as reference and compared").click().run()
    assert (url(app)["reference"], url(app)["compared"]) == (PAIR[0], PAIR[1])


def test_one_model_is_alike_with_nobody(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", models=MODELS[:1])
    (info,) = open_page(PAGE, robustness="alike").info
    assert info.value.startswith("This needs at least two models")


def test_confidence_is_shown_under_the_condition_in_the_url(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness="confidence", confidence_under="fog-3")
    assert chart(app, "Accuracy against confidence")
    assert chart(app, "A row for each corruption: the calibration error")
    words = " ".join(one.value for one in app.main.markdown)
    assert "Mean ECE over all 2 corrupted conditions" in words
    assert chart(app, "Share of errors against the share")
    words = " ".join(one.value for one in app.main.markdown)
    assert "200 images (fog, severity 3)" in words


def test_which_classes_pay_is_shown_for_a_pruned_model(studies: Path) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness="classes", classes_under="fog-3")
    assert chart(app, "A row for each class")
    assert any("Holm over 4 tests" in one.value for one in app.caption)
    (info,) = open_page(PAGE, robustness="classes", models="lenet5-dense").info
    assert info.value.startswith("This needs a pruned model")


VIEWS = [
    "predictors", "potential", "severity", "change", "alike", "confidence", "classes", "decks",
]  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "what", [{"sample_count": 1}, {"models": MODELS[:1]}, {"sample_count": 5}], ids=str
)
def test_every_view_opens_on_the_smallest_studies(
    studies: Path, view: str, what: dict[str, object]
) -> None:
    write_study(studies / "tiny.duckdb", **what)
    assert not open_page(PAGE, robustness=view).warning


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_with_many_classes_and_no_corruption(studies: Path, view: str) -> None:
    write_many_class_study(studies / "many.duckdb", classes=1000)
    assert not open_page(PAGE, robustness=view).warning


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_tests_what_was_chosen_by_a_model_shown(studies: Path, view: str) -> None:
    write_study(studies / "tiny.duckdb", sample_count=200)
    app = open_page(PAGE, robustness=view, subset=CHOSEN, alike_under="fog-3", pair=PAIR)
    words = " ".join(one.value for one in (*app.caption, *app.main.markdown))
    assert "chosen by this; no test" in words
