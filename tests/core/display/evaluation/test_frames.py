"""All rows of the evaluation page, from a study without the app."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display import theme
from core.display.evaluation.frames import (
    EvaluationFrames,
    TableFrames,
    comparison_sentence,
    evaluation_frames,
    table_frames,
)
from core.display.severity import MEAN_SEVERITY
from core.store.combination import Combination
from core.store.connection import connect, query
from core.store.study import Study
from core.store.subsets.base import Subset
from core.store.subsets.combinators import ALL_SAMPLES, all_of
from core.store.subsets.predicates import Correctness, OfClass, SampleIds
from tests.many_classes import write_many_class_study
from tests.open_study import context_of, open_study
from tests.study_file import write_study


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_study(tmp_path / "tiny.duckdb")


@pytest.fixture
def study(path: Path) -> Study:
    return open_study(path)


def frames(study: Study, class_name: str | None = None, severity: int = 0) -> EvaluationFrames:
    return evaluation_frames(context_of(study, class_name=class_name), study.models, severity)


def table(study: Study, condition: str = "clean", subset: Subset = ALL_SAMPLES) -> TableFrames:
    return table_frames(context_of(study, subset=subset), study.models, condition)


def test_bars_hold_the_accuracy_of_every_pruned_model(study: Study, path: Path) -> None:
    with connect(path) as connection:
        counted = query(
            connection,
            "SELECT name, avg(correct::INT) AS accuracy FROM sample_metrics "
            "JOIN models USING (model_id) WHERE condition_id = 2 GROUP BY name",
        )
    bars = frames(study).histograms.tables["bars"].filter(pl.col("column") == "fog")
    expected = dict(counted.rows())
    del expected["lenet5-dense"]
    assert dict(bars.select("name", "accuracy").rows()) == pytest.approx(expected)
    assert bars.sort("base", "ratio", descending=[True, False])["series"].to_list() == [
        "Magnitude", "Magnitude", "Random",
    ]  # fmt: skip


def test_series_have_the_colours_of_their_methods(study: Study) -> None:
    assert frames(study).histograms.colours == {
        "Magnitude": theme.METHOD_COLOURS["magnitude"],
        "Random": theme.METHOD_COLOURS["random"],
    }


def test_only_filtered_samples_differ_from_all(study: Study) -> None:
    everything, birds = frames(study), frames(study, "bird")
    assert everything.differences.is_empty()
    assert everything.difference_series == ()
    assert birds.difference_series == ("Random", "Magnitude", "Dense")
    assert birds.differences.height == 4 * 3
    assert set(birds.differences["samples"]) == {10}


def test_the_table_has_a_row_a_model_against_the_reference(study: Study) -> None:
    rows = table(study).models
    assert rows["name"].to_list() == study.models["name"].to_list()
    assert rows["difference (points)"][0] is None
    assert rows["relative mCE"][0] == pytest.approx(1)
    assert table(study).seed_means["seeds"].to_list() == [1, 1, 1, 1]


def test_the_models_of_the_page_are_the_ones_that_pass_its_filter(study: Study) -> None:
    some = study.models.filter(pl.col("method") != "random")
    found = evaluation_frames(context_of(study), some, MEAN_SEVERITY)
    assert list(found.histograms.colours) == ["Magnitude"]
    rows = table_frames(context_of(study), some, "fog-3")
    assert rows.models["name"].to_list() == some["name"].to_list()
    assert rows.comparisons == 2


def test_another_severity_changes_the_bars(study: Study) -> None:
    one = frames(study, severity=1)
    assert one.histograms.tables["bars"]["column"].unique().to_list() == ["clean"]
    assert frames(study).histograms.tables["bars"]["column"].n_unique() == 3


def test_a_filter_without_samples_gives_empty_frames(study: Study) -> None:
    context = context_of(study, class_name="bird", subset=SampleIds((1,)))
    found = evaluation_frames(context, study.models, MEAN_SEVERITY)
    assert found.histograms.tables["bars"].is_empty()
    assert found.differences.is_empty()
    rows = table_frames(context, study.models, "clean")
    assert rows.models["clean accuracy"].null_count() == 4
    assert rows.comparisons == 0


def test_clean_images_of_a_thousand_classes_are_enough(tmp_path: Path) -> None:
    path = write_many_class_study(tmp_path / "many.duckdb", classes=1000, samples_per_class=1)
    study = open_study(path)
    clean = study.conditions["name"][0]
    dense, pruned = (
        type(context_of(study).reference)(name, clean) for name in study.models["name"]
    )
    context = context_of(study, dense, pruned)
    found = evaluation_frames(context, study.models, MEAN_SEVERITY)
    assert found.histograms.tables["bars"].height == 1
    rows = table_frames(context, study.models, clean).models
    assert rows["mean corruption error"].null_count() == 2


@pytest.mark.parametrize("condition", ["clean", "gaussian_noise-3", "fog-3"])
def test_the_table_compares_under_the_condition_that_is_asked_for(
    study: Study, condition: str
) -> None:
    # once under the reference's condition only
    found = table(study, condition)
    counted = study.ask(
        query,
        "SELECT m.name, count(*) FILTER (NOT r.correct AND c.correct) AS fixed, "
        "count(*) FILTER (r.correct AND NOT c.correct) AS broken "
        "FROM sample_metrics c JOIN sample_metrics r USING (condition_id, sample_id) "
        "JOIN models m ON m.model_id = c.model_id "
        "WHERE condition_id = $condition_id AND r.model_id = 0 AND c.model_id > 0 "
        "GROUP BY m.name, c.model_id ORDER BY c.model_id",
        {"condition_id": study.names.conditions[condition]},
    )
    rows = found.models.filter(pl.col("broken").is_not_null())
    assert_frame_equal(rows.select("name", "fixed", "broken"), counted)
    points = (counted["fixed"] - counted["broken"]) / 0.4
    assert rows["difference (points)"].to_list() == pytest.approx(points.to_list())
    sentence = comparison_sentence("Dense", "fog", found)
    assert "against Dense, on the same images (fog)" in sentence
    assert "Holm's correction over 3 comparisons, 5 % level" in sentence


WRONG = Correctness(Combination("lenet5-random-0.5", "clean"), correct=False)


@pytest.mark.parametrize(
    ("subset", "words"),
    [
        (WRONG, "chosen by this; no test"),
        (all_of(OfClass("cat"), WRONG), "chosen by this; no test"),
        (SampleIds((1, 2, 3, 5)), "hand-picked; no test"),
    ],
)
def test_samples_that_a_shown_model_chose_are_not_tested(
    study: Study, subset: Subset, words: str
) -> None:
    found = table(study, subset=subset)
    assert found.untested == words
    assert found.models["p"].to_list() == [None, words, words, words]
    for name in ("95 % interval", "95 % interval of the difference", "significant (Holm)"):
        assert found.models[name].null_count() == 4
    assert found.models["fixed"].null_count() == 1
    assert comparison_sentence("Dense", "clean", found).endswith(f"; {words}.")
    drawn = evaluation_frames(context_of(study, subset=subset), study.models, MEAN_SEVERITY)
    assert set(drawn.differences["significant"]) == {words}
    assert drawn.difference_note == f"Significance: {words}."


def test_samples_that_no_shown_model_chose_are_tested(study: Study) -> None:
    some, context = (
        study.models.filter(pl.col("method") != "random"),
        context_of(study, subset=WRONG),
    )
    assert table_frames(context, some, "clean").untested is None
    drawn = evaluation_frames(context, some, MEAN_SEVERITY)
    assert set(drawn.differences["significant"]) <= {"yes", "no"}
    assert "Holm's correction over 9 tests" in drawn.difference_note


def test_the_reference_counts_as_shown_in_the_table(study: Study) -> None:
    some = study.models.filter(pl.col("method") == "magnitude")
    right = Correctness(Combination("lenet5-dense", "fog-3"), correct=True)
    context = context_of(study, subset=right)
    assert table_frames(context, some, "clean").untested == "chosen by this; no test"
