"""All rows of the evaluation page, from a study without the app."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.display import theme
from core.display.evaluation.bar_frames import MEAN_SEVERITY
from core.display.evaluation.frames import EvaluationFrames, evaluation_frames
from core.store.connection import connect, query
from core.store.study import Study
from core.store.subsets.predicates import SampleIds
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
    rows = frames(study).models
    assert rows["name"].to_list() == study.models["name"].to_list()
    assert rows["difference (points)"][0] is None
    assert rows["relative mCE"][0] == pytest.approx(1)
    assert frames(study).seed_means["seeds"].to_list() == [1, 1, 1, 1]


def test_the_models_of_the_page_are_the_ones_that_pass_its_filter(study: Study) -> None:
    some = study.models.filter(pl.col("method") != "random")
    found = evaluation_frames(context_of(study), some, MEAN_SEVERITY)
    assert found.models["name"].to_list() == some["name"].to_list()
    assert list(found.histograms.colours) == ["Magnitude"]


def test_another_severity_changes_the_bars_and_not_the_table(study: Study) -> None:
    one = frames(study, severity=1)
    assert one.histograms.tables["bars"]["column"].unique().to_list() == ["clean"]
    assert one.models.equals(frames(study).models)


def test_a_filter_without_samples_gives_empty_frames(study: Study) -> None:
    context = context_of(study, class_name="bird", subset=SampleIds((1,)))
    found = evaluation_frames(context, study.models, MEAN_SEVERITY)
    assert found.histograms.tables["bars"].is_empty()
    assert found.differences.is_empty()
    assert found.models["clean accuracy"].null_count() == 4


def test_clean_images_of_a_thousand_classes_are_enough(tmp_path: Path) -> None:
    path = write_many_class_study(tmp_path / "many.duckdb", classes=1000, samples_per_class=1)
    study = open_study(path)
    clean = study.conditions["name"][0]
    dense, pruned = (
        type(context_of(study).reference)(name, clean) for name in study.models["name"]
    )
    found = evaluation_frames(context_of(study, dense, pruned), study.models, MEAN_SEVERITY)
    assert found.histograms.tables["bars"].height == 1
    assert found.models["mean corruption error"].null_count() == 2
