"""Accuracy and paired changes against the rows that the study was made of, counted by polars."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.combination import Key
from core.store.connection import Connection, connect
from core.store.queries.accuracy import accuracy, paired_changes
from core.store.queries.combination import combination_counts
from core.store.queries.study import sample_count
from core.store.subsets.base import EVERYTHING, SampleFilter, Where
from tests.study_file import SAMPLE_COUNT, write_study

ODD = Where("samples.sample_id % $subset_0 = 1", (("subset_0", 2),))


@pytest.mark.parametrize("class_id", [None, 2])
def test_accuracy_counts_what_the_rows_say(
    connection: Connection, rows: pl.DataFrame, class_id: int | None
) -> None:
    kept = rows if class_id is None else rows.filter(pl.col("label") == class_id)
    expected = (
        kept.group_by("model_id", "condition_id")
        .agg(correct=pl.col("correct").sum().cast(pl.Int64), samples=pl.len().cast(pl.Int64))
        .sort("model_id", "condition_id")
    )
    assert_frame_equal(accuracy(connection, SampleFilter(class_id)), expected)


@pytest.mark.parametrize(
    ("sample_filter", "keep"),
    [
        (EVERYTHING, pl.lit(True)),
        (SampleFilter(1), pl.col("label") == 1),
        (SampleFilter(None, ODD), pl.col("sample_id") % 2 == 1),
        (SampleFilter(1, ODD), (pl.col("label") == 1) & (pl.col("sample_id") % 2 == 1)),
        (SampleFilter(2, ODD), pl.lit(False)),
    ],
)
def test_every_query_keeps_to_the_filter(
    connection: Connection,
    rows: pl.DataFrame,
    sample_filter: SampleFilter,
    keep: pl.Expr,
) -> None:
    kept = rows.filter(keep)
    one = kept.filter((pl.col("model_id") == 2) & (pl.col("condition_id") == 0))
    assert sample_count(connection, sample_filter) == one.height
    assert accuracy(connection, sample_filter)["samples"].sum() == kept.height
    assert accuracy(connection, sample_filter)["correct"].sum() == kept["correct"].sum()
    counts = combination_counts(connection, Key(2, 0), sample_filter=sample_filter).row(0)
    assert counts == (
        one.height,
        one["correct"].sum(),
        one["angle"].count(),
        one["margin"].count(),
    )


@pytest.mark.parametrize(
    ("sample_filter", "keep"),
    [(EVERYTHING, lambda _: True), (SampleFilter(1, ODD), lambda i: i % 4 == 1)],
)
def test_paired_changes_count_what_breaks_and_what_is_fixed(
    connection: Connection,
    rows: pl.DataFrame,
    sample_filter: SampleFilter,
    keep: Callable[[int], bool],
) -> None:
    found = paired_changes(
        connection, reference_model_id=1, condition_id=2, sample_filter=sample_filter
    )
    fog = rows.filter(pl.col("condition_id") == 2)
    answers = {
        model: dict(fog.filter(pl.col("model_id") == model).select("sample_id", "correct").rows())
        for model in range(4)
    }
    kept = [i for i in range(SAMPLE_COUNT) if keep(i)]
    assert found.rows() == [
        (
            model,
            sum(answers[1][i] and not answers[model][i] for i in kept),
            sum(answers[model][i] and not answers[1][i] for i in kept),
            len(kept),
        )
        for model in range(4)
    ]


def test_no_filtered_sample_means_no_accuracy_and_no_change(
    connection: Connection,
) -> None:
    nobody = SampleFilter(2, ODD)
    assert accuracy(connection, nobody).is_empty()
    assert paired_changes(
        connection, reference_model_id=0, condition_id=0, sample_filter=nobody
    ).is_empty()


def test_a_model_that_gets_nothing_right_has_accuracy_zero(tmp_path: Path) -> None:
    two = (("dense", "dense", 0.0, 0.0), ("hopeless", "random", 0.5, 2.0))
    with connect(write_study(tmp_path / "hopeless.duckdb", models=two, clamp=1.0)) as opened:
        found = accuracy(opened, SampleFilter(None, ODD)).filter(pl.col("model_id") == 1)
        assert set(found["correct"]) == {0}
        changes = paired_changes(opened, reference_model_id=0, condition_id=0)
        assert changes.row(1)[1:] == (SAMPLE_COUNT, 0, SAMPLE_COUNT)
