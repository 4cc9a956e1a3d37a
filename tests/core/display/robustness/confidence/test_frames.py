from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from core.display.robustness.confidence.frames import POINTS, confidence
from core.stats.intervals import wilson_interval
from core.store.connection import query
from core.store.queries.robustness import confidence_under_models
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.open_study import open_study
from tests.study_file import write_study

NAMES = ["lenet5-random-0.5", "lenet5-dense"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(
        write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb", sample_count=400)
    )


def rows_of(study: Study, model_id: int) -> pl.DataFrame:
    return study.ask(
        query,
        "SELECT confidence::DOUBLE AS confidence, correct FROM sample_metrics "
        "WHERE model_id = $m AND condition_id = 2 ORDER BY sample_id",
        {"m": model_id},
    )


def test_the_reliability_curve_is_that_of_scikit_learn(study: Study) -> None:
    found = confidence(study, NAMES, "fog-3", EVERYTHING, tested=True)
    assert (found.images, found.undefined) == (400, 0)
    for model_id, label in ((3, "Random 50\N{NO-BREAK SPACE}%"), (0, "Dense")):
        rows = rows_of(study, model_id)
        accuracy, mean = calibration_curve(rows["correct"], rows["confidence"], n_bins=15)
        curve = found.reliability.filter(pl.col("model") == label)
        assert curve["accuracy"].to_numpy() == pytest.approx(accuracy)
        assert curve["confidence"].to_numpy() == pytest.approx(mean)
        assert curve["samples"].sum() == 400
        first = curve.row(0, named=True)
        hits = round(first["accuracy"] * first["samples"])
        assert (first["low"], first["high"]) == wilson_interval(hits, first["samples"])


def test_the_numbers_are_those_of_the_rows(study: Study) -> None:
    found = confidence(study, NAMES, "fog-3", EVERYTHING, tested=True)
    first, second = found.numbers.to_dicts()
    rows = rows_of(study, 3)
    assert first["accuracy"] == rows["correct"].mean()
    assert first["confidence"] == pytest.approx(rows["confidence"].mean())
    expected = roc_auc_score(~rows["correct"].to_numpy(), -rows["confidence"].to_numpy())
    assert first["auroc"] == pytest.approx(expected)
    assert first["ece_difference"] is None
    assert second["ece_difference"] == pytest.approx(second["ece"] - first["ece"])
    assert second["aurc_difference_low"] < second["aurc_difference"]
    risks = found.risks.filter(pl.col("model") == "Dense")
    assert risks.height == POINTS
    assert risks["coverage"][-1] == 1
    assert risks["risk"][-1] == pytest.approx(1 - second["accuracy"])


def test_without_tests_there_are_no_intervals_and_a_filter_is_kept(study: Study) -> None:
    found = confidence(study, NAMES, "clean", SampleFilter(2), tested=False)
    assert found.images == 100
    assert found.reliability["low"].null_count() == found.reliability.height
    assert found.numbers.select(pl.col("^.*_(low|high)$")).null_count().row(0) == (2,) * 10


def test_no_samples_have_no_numbers(study: Study) -> None:
    found = confidence(study, NAMES, "clean", SampleFilter(77), tested=True)
    assert found.images == 0
    assert found.numbers.is_empty()


def test_the_query_gives_the_rows_of_the_condition(study: Study) -> None:
    found = study.ask(
        confidence_under_models, model_ids=[3, 1], condition_id=2, sample_filter=SampleFilter(0)
    )
    expected = study.ask(
        query,
        "SELECT model_id, sample_id, confidence::DOUBLE AS confidence, correct "
        "FROM sample_metrics WHERE model_id IN (1, 3) AND condition_id = 2 AND label = 0 "
        "ORDER BY ALL",
    )
    assert_frame_equal(found, expected)
    assert np.isfinite(found["confidence"].to_numpy()).all()
