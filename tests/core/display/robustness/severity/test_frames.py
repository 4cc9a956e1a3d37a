"""Curves against the rows, mean corruption errors against the study file's own macro."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.display.labels import model_labels
from core.display.robustness.severity.frames import (
    ALL,
    BENCHMARK,
    corruption_errors,
    severity_curves,
    with_distance,
)
from core.stats.intervals import wilson_interval
from core.store.connection import query
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.many_classes import write_many_class_study
from tests.open_study import open_study
from tests.study_file import write_study

NAMES = ["lenet5-random-0.5", "lenet5-dense"]
OPTIONS = {"corruptions": [], "baseline": "lenet5-dense", "tested": True}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(
        write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb", sample_count=200)
    )


@pytest.mark.parametrize("class_id", [None, 1])
def test_each_curve_starts_at_the_clean_images(study: Study, class_id: int | None) -> None:
    found = severity_curves(study, NAMES, SampleFilter(class_id), **OPTIONS)
    assert found.points.select("corruption", "severity").unique(maintain_order=True).rows() == [
        ("gaussian noise", 0), ("gaussian noise", 3), ("fog", 0), ("fog", 3),
    ]  # fmt: skip
    assert found.points["model"].unique(maintain_order=True).to_list() == [
        "Random 50\N{NO-BREAK SPACE}%", "Dense",
    ]  # fmt: skip
    rows = study.ask(query, "SELECT * FROM sample_metrics")
    if class_id is not None:
        rows = rows.filter(pl.col("label") == class_id)
    fog = rows.filter(pl.col("model_id") == 3, pl.col("condition_id") == 2)
    (point,) = found.points.filter(
        pl.col("model").str.starts_with("Random"), corruption="fog", severity=3
    ).to_dicts()
    assert point["accuracy"] == pytest.approx(fog["correct"].mean())
    assert (point["low"], point["high"]) == wilson_interval(fog["correct"].sum(), fog.height)
    assert point["samples"] == found.samples == fog.height


def test_corruptions_can_be_chosen_and_tests_be_left_out(study: Study) -> None:
    options = {**OPTIONS, "corruptions": ["fog"], "tested": False}
    found = severity_curves(study, NAMES, EVERYTHING, **options)
    assert set(found.points["corruption"]) == {"fog"}
    assert found.points["low"].null_count() == found.points.height
    assert found.errors["low"].null_count() == found.errors.height > 0


@pytest.mark.parametrize("corruption_set", [BENCHMARK, ALL])
def test_corruption_errors_are_those_of_the_macro(study: Study, corruption_set: str) -> None:
    names = study.models["name"].to_list()
    found = corruption_errors(
        study, names, EVERYTHING, baseline="lenet5-dense", tested=True
    ).filter(pl.col("corruption_set") == corruption_set)
    assert found.height == 2 * (len(names) - 1)
    expected = study.ask(
        query,
        "SELECT * FROM relative_corruption_error('lenet5-dense') ORDER BY model, corruption_set",
    ).filter(pl.col("corruption_set") == corruption_set)
    columns = {"mCE": "mean_corruption_error", "relative mCE": "relative_mean_corruption_error"}
    words = model_labels(study.models)
    for name in names[1:]:
        (row,) = expected.filter(pl.col("model") == name).to_dicts()
        for measure, column in columns.items():
            (value,) = found.filter(model=words[name], measure=measure)["value"]
            assert value == pytest.approx(row[column])


def test_a_study_without_corruptions_has_no_errors(tmp_path: Path) -> None:
    bare = open_study(write_many_class_study(tmp_path / "bare.duckdb", classes=101))
    names = bare.models["name"].to_list()
    assert corruption_errors(bare, names, EVERYTHING, baseline=names[0], tested=True).is_empty()


def test_the_distance_of_clean_images_is_zero_and_unknown_ones_stay_unknown() -> None:
    conditions = pl.DataFrame({"severity": [0, 1, 2], "mean_absolute_change": [None, 3.5, None]})
    found = with_distance(conditions)["mean_absolute_change"]
    assert found.to_list() == [0.0, 3.5, None]
