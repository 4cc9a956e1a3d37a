"""Calibration errors by corruption against the rows of the study, bin by bin."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.display.robustness.confidence.corruption_frames import (
    ALL_ROW,
    CLEAN_ROW,
    corruption_calibration,
)
from core.store.connection import query
from core.store.queries.robustness import confidence_under_model
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
        "SELECT condition_id, sample_id, confidence::DOUBLE AS confidence, correct "
        "FROM sample_metrics WHERE model_id = $m ORDER BY ALL",
        {"m": model_id},
    )


def ece(rows: pl.DataFrame) -> float:
    """Over 15 bins that hold their upper ends, by polars."""
    bins = rows.group_by((pl.col("confidence") * 15).ceil()).agg(
        gap=(pl.col("confidence") - pl.col("correct")).mean().abs(), images=pl.len()
    )
    return float((bins["gap"] * bins["images"]).sum()) / rows.height


def mean_ece(rows: pl.DataFrame, condition_ids: list[int]) -> float:
    return float(
        np.mean([ece(rows.filter(pl.col("condition_id") == one)) for one in condition_ids])
    )


def test_each_row_is_the_mean_over_its_conditions(study: Study) -> None:
    found = corruption_calibration(study, NAMES, EVERYTHING, tested=True)
    assert (found.images, found.undefined, found.panels) == (400, 0, 2)
    corrupted = study.conditions.filter(pl.col("severity") > 0)["condition_id"].to_list()
    wanted = {CLEAN_ROW: [0], ALL_ROW: corrupted, "fog": [2]}
    models = {3: "Random 50\N{NO-BREAK SPACE}%", 0: "Dense"}
    for row, condition_ids in wanted.items():
        errors = {}
        for model_id, label in models.items():
            (one,) = found.rows.filter(pl.col("row") == row, pl.col("series") == label).to_dicts()
            errors[label] = mean_ece(rows_of(study, model_id), condition_ids)
            assert one["ece"] == pytest.approx(errors[label])
            assert one["ece_low"] < one["ece"] < one["ece_high"]
            assert one["conditions"] == len(condition_ids)
        (second,) = found.rows.filter(pl.col("row") == row, pl.col("series") == "Dense").to_dicts()
        assert second["difference"] == pytest.approx(errors["Dense"] - errors[models[3]])
    first = found.rows.filter(pl.col("series") == models[3])
    assert first["difference"].null_count() == first.height


def test_the_interval_counts_an_image_once_with_all_its_versions(study: Study) -> None:
    found = corruption_calibration(study, NAMES, EVERYTHING, tested=True)
    (row,) = found.rows.filter(pl.col("row") == ALL_ROW, pl.col("series") == "Dense").to_dicts()
    corrupted = study.conditions.filter(pl.col("severity") > 0)["condition_id"].to_list()
    tables = [
        [rows_of(study, model_id).filter(pl.col("condition_id") == one) for one in corrupted]
        for model_id in (3, 0)
    ]
    rng = np.random.default_rng(0)
    loop = []
    for _ in range(300):
        drawn = rng.integers(0, 400, 400)
        loop.append([np.mean([ece(one[drawn]) for one in conditions]) for conditions in tables])
    errors = np.array(loop)
    for name, values in (("ece", errors[:, 1]), ("difference", errors[:, 1] - errors[:, 0])):
        width = row[f"{name}_high"] - row[f"{name}_low"]
        assert width == pytest.approx(2 * 1.96 * values.std(), rel=0.25)


def test_a_filter_is_kept_and_without_tests_there_are_no_intervals(study: Study) -> None:
    found = corruption_calibration(study, NAMES[:1], SampleFilter(2), tested=False)
    assert (found.images, found.panels) == (100, 1)
    assert found.rows["ece_low"].null_count() == found.rows.height
    assert (found.tables["dots"]["fill"] == 0).all()
    nothing = corruption_calibration(study, NAMES, SampleFilter(77), tested=True)
    assert (nothing.images, nothing.rows.height, nothing.names) == (0, 0, ())


def test_images_without_a_confidence_are_left_out(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb", sample_count=40)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE sample_metrics SET confidence = NULL WHERE model_id = 0 AND condition_id = 1 "
            "AND sample_id IN (SELECT sample_id FROM samples ORDER BY sample_id LIMIT 3)"
        )
    study = open_study(path)
    found = corruption_calibration(study, NAMES, EVERYTHING, tested=True)
    assert (found.images, found.undefined) == (37, 3)
    kept = rows_of(study, 3).filter(pl.col("condition_id") == 0)[3:]
    assert found.rows["ece"][0] == pytest.approx(ece(kept))


def test_the_query_gives_every_row_of_the_model(study: Study) -> None:
    found = study.ask(confidence_under_model, model_id=3, sample_filter=SampleFilter(1))
    expected = study.ask(
        query,
        "SELECT confidence::DOUBLE AS confidence, correct FROM sample_metrics "
        "WHERE model_id = 3 AND label = 1 ORDER BY condition_id, sample_id",
    )
    assert_frame_equal(found, expected)
