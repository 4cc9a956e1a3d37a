"""Corruption errors against the same sums written out by hand."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.connection import query

SCHEMA = Path("core/store/schema.sql").read_text()
# corruption -> errors of 10 samples at severities 1 and 2, of the baseline and of the other model
ERRORS = {
    "fog": ([1, 3], [2, 6]),
    "frost": ([0, 0], [1, 1]),
    "saturate": ([2, 2], [5, 1]),
    "haze": ([1, 1], [1, 3]),
}
CATEGORIES = {"fog": "weather", "frost": "weather", "saturate": "digital", "haze": "other"}
CLEAN = (0, 1)


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute(SCHEMA.replace("{angle_count}", "2"))
        models = "model_id, name, network, method, ratio, sparsity, sparsity_source, retrained, "
        models += "retrain_epochs, recalibrated, classifier_prunable, collapsed, sparsity_total, "
        models += "parameters, nonzero_parameters, macs, macs_theoretical, checkpoint_sha256, "
        models += "details"
        for number, name in enumerate(("base", "other")):
            opened.execute(
                f"INSERT INTO models ({models}) VALUES (?, ?, 'n', 'dense', 0, 0, 'masks', false, "
                "0, false, true, false, 0, 1, 1, 1, 1, '', '{}')",
                [number, name],
            )
        conditions = [("clean", "clean", 0, CLEAN)] + [
            (
                corruption,
                CATEGORIES[corruption],
                severity,
                (base[severity - 1], other[severity - 1]),
            )
            for corruption, (base, other) in ERRORS.items()
            for severity in (1, 2)
        ]
        for number, (corruption, category, severity, wrong) in enumerate(conditions):
            opened.execute(
                "INSERT INTO conditions VALUES (?, ?, ?, ?, ?, 'generated')",
                [number, f"{corruption}-{severity}", corruption, category, severity],
            )
            for model in (0, 1):
                opened.execute(
                    "INSERT INTO accuracy_rollup VALUES (?, ?, 0, 10, ?, 10, 10, 0, 0, 0)",
                    [model, number, 10 - wrong[model]],
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
