"""Corruption errors against the same sums written out by hand."""

from dataclasses import replace
from datetime import datetime

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.connection import query
from core.store.rows import CLEAN, ConditionRow, ModelRow, StudyContents, StudyRow
from core.store.writing.tables import create_study, insert_rows

# corruption -> errors of 10 samples at severities 1 and 2, of the baseline and of the other model
ERRORS = {
    "fog": ([1, 3], [2, 6]),
    "frost": ([0, 0], [1, 1]),
    "saturate": ([2, 2], [5, 1]),
    "rain": ([1, 1], [1, 3]),
}
CATEGORIES = {"fog": "weather", "frost": "weather", "saturate": "digital", "rain": "weather"}
BENCHMARK = ("fog", "frost")  # rain is a user's own, whatever its category
CLEAN_ERRORS = (0, 1)


@pytest.fixture
def connection():
    wrong = {"clean": CLEAN_ERRORS}
    conditions = [CLEAN]
    for corruption, errors in ERRORS.items():
        for severity in (1, 2):
            name = f"{corruption}-{severity}"
            row = ConditionRow(name, corruption, CATEGORIES[corruption], severity, "generated")
            conditions.append(replace(row, in_benchmark=corruption in BENCHMARK))
            wrong[name] = tuple(of_model[severity - 1] for of_model in errors)
    contents = StudyContents(
        study=StudyRow(name="errors", title="Errors", dataset="none"),
        class_names=["ant", "bee"],
        samples=pl.DataFrame(schema={"sample_id": pl.Int32, "label": pl.UInt16}),
        models=[ModelRow(name=name, network="n") for name in ("base", "other")],
        conditions=conditions,
        fingerprint="",
    )
    with duckdb.connect() as opened:
        create_study(opened, contents, published_at=datetime(2026, 1, 1))
        insert_rows(
            opened,
            "accuracy_rollup",
            [
                {
                    "model_id": model_id,
                    "condition_id": condition_id,
                    "label": 0,
                    "sample_count": 10,
                    "correct_count": 10 - wrong[condition.name][model_id],
                    "angle_count": 10,
                    "margin_count": 10,
                    "length_sum": 0,
                    "angle_sum": 0,
                    "margin_sum": 0,
                }
                for model_id in (0, 1)
                for condition_id, condition in enumerate(conditions)
            ],
        )
        yield opened


def test_mean_corruption_error_says_over_which_corruptions(connection):
    found = query(connection, "SELECT * FROM corruption_error ORDER BY model, corruption_set")
    expected = pl.DataFrame(
        {
            "model": ["base", "base", "other", "other"],
            "corruption_set": ["all", "benchmark"] * 2,
            "mean_corruption_error": [
                (0.2 + 0.0 + 0.2 + 0.1) / 4,
                (0.2 + 0.0) / 2,
                (0.4 + 0.1 + 0.3 + 0.2) / 4,
                (0.4 + 0.1) / 2,
            ],
            "corruptions": [4, 2, 4, 2],
        }
    )
    assert_frame_equal(found, expected)


def test_relative_corruption_error_leaves_out_what_the_baseline_never_gets_wrong(connection):
    found = query(
        connection,
        "SELECT * FROM relative_corruption_error('base') WHERE model = 'other' ORDER BY ALL",
    )
    expected = pl.DataFrame(
        {
            "model": ["other", "other"],
            "corruption_set": ["all", "benchmark"],
            "mean_corruption_error": [(8 / 4 + 6 / 4 + 4 / 2) / 3, 8 / 4],
            "relative_mean_corruption_error": [(6 / 4 + 4 / 4 + 2 / 2) / 3, 6 / 4],
            "corruptions": [3, 1],
        }
    )
    assert_frame_equal(found, expected)


def test_a_baseline_relative_to_itself_is_one(connection):
    found = query(
        connection,
        "SELECT mean_corruption_error FROM relative_corruption_error('base') WHERE model = 'base'",
    )
    assert found["mean_corruption_error"].to_list() == [1.0, 1.0]
