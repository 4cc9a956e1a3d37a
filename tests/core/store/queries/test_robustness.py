"""Clean metrics beside robustness and flips, against the rows that the study was made of."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.metrics import METRICS
from core.store.connection import Connection, connect
from core.store.queries.robustness import clean_metrics_and_flips, clean_metrics_and_robustness
from core.store.rows import CLEAN, ModelRow
from core.store.subsets.base import EVERYTHING, SampleFilter, Where
from tests.answered_study import FOG, answers, write_answered_study

ODD = SampleFilter(1, Where("samples.sample_id % $subset_0 = 1", (("subset_0", 2),)))


def passing(rows: pl.DataFrame, sample_filter: SampleFilter) -> pl.DataFrame:
    if sample_filter == EVERYTHING:
        return rows
    return rows.filter(pl.col("label") == 1, pl.col("sample_id") % 2 == 1)


def metrics(prefix: str = "") -> list[pl.Expr]:
    return [pl.col(prefix + name).cast(pl.Float64).alias(name) for name in METRICS]


@pytest.mark.parametrize("sample_filter", [EVERYTHING, ODD])
def test_robustness_is_the_share_of_corrupted_versions_that_are_right(
    connection: Connection, rows: pl.DataFrame, sample_filter: SampleFilter
) -> None:
    found = clean_metrics_and_robustness(connection, model_ids=[2, 0], sample_filter=sample_filter)
    corrupted = (
        rows.filter(pl.col("condition_id") > 0)
        .group_by("model_id", "sample_id")
        .agg(robustness=pl.col("correct").mean())
    )
    expected = (
        passing(rows, sample_filter)
        .filter(pl.col("condition_id") == 0, pl.col("model_id").is_in([0, 2]))
        .join(corrupted, on=["model_id", "sample_id"])
        .sort("model_id", "sample_id")
        .select("model_id", "sample_id", "robustness", *metrics())
    )
    assert expected.height == (80 if sample_filter == EVERYTHING else 2 * expected.height // 2)
    assert_frame_equal(found, expected)


@pytest.mark.parametrize("sample_filter", [EVERYTHING, ODD])
def test_a_flip_is_another_prediction_than_the_dense_one(
    connection: Connection, rows: pl.DataFrame, sample_filter: SampleFilter
) -> None:
    found = clean_metrics_and_flips(
        connection, dense_ids=[0, 1], pruned_ids=[3, 2], sample_filter=sample_filter
    )
    clean = passing(rows, sample_filter).filter(pl.col("condition_id") == 0)
    parts = []
    for dense, pruned in ((1, 2), (0, 3)):
        of_dense, of_pruned = (clean.filter(pl.col("model_id") == one) for one in (dense, pruned))
        parts.append(
            of_pruned.join(of_dense, on="sample_id", suffix="_dense").select(
                "model_id",
                "sample_id",
                *metrics(),
                flipped=pl.col("prediction") != pl.col("prediction_dense"),
                **{f"{name}_": pl.col(f"{name}_dense").cast(pl.Float64) for name in METRICS},
            )
        )
    expected = pl.concat(parts).sort("model_id", "sample_id")
    assert_frame_equal(
        found,
        expected.select(
            "model_id", "sample_id", "flipped", *(pl.col(f"{n}_").alias(n) for n in METRICS)
        ),
    )
    assert 0 < found["flipped"].sum() < found.height


def test_another_wrong_answer_is_a_flip_and_the_same_wrong_answer_is_none(tmp_path: Path) -> None:
    labels = [0, 1, 2, 0]
    models = [
        ModelRow(name="dense", network="net"),
        ModelRow(name="pruned", network="net", method="magnitude", ratio=0.5, parent="dense"),
    ]
    predictions = {("dense", "clean"): [0, 1, 0, 1], ("pruned", "clean"): [0, 2, 1, 1]}
    path = write_answered_study(tmp_path / "a.duckdb", labels, predictions, models=models)
    with connect(path) as opened:
        found = clean_metrics_and_flips(opened, dense_ids=[0], pruned_ids=[1])
        assert found["flipped"].to_list() == [False, True, True, False]
        assert clean_metrics_and_robustness(opened, model_ids=[0, 1]).is_empty()


def test_robustness_of_a_sample_counts_its_corrupted_versions_only(tmp_path: Path) -> None:
    labels = [0, 1]
    path = write_answered_study(
        tmp_path / "b.duckdb",
        labels,
        {("dense", "fog-5"): answers(labels, [0]), ("dense", "clean"): answers(labels, [1])},
        models=[ModelRow(name="dense", network="net")],
        conditions=(CLEAN, FOG),
    )
    with connect(path) as opened:
        found = clean_metrics_and_robustness(opened, model_ids=[0])
        assert found.select("sample_id", "robustness").rows() == [(0, 0.0), (1, 1.0)]
