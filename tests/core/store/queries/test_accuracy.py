"""Accuracy and paired changes against the rows that the study was made of, counted by polars."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.combination import Key
from core.store.connection import Connection, connect
from core.store.queries.accuracy import accuracy, paired_changes, paired_counts
from core.store.queries.combination import combination_counts
from core.store.queries.paired import PairedSamples
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
    "filtered",
    [
        (EVERYTHING, pl.lit(True)),
        (SampleFilter(2), pl.col("label") == 2),
        (SampleFilter(1, ODD), (pl.col("label") == 1) & (pl.col("sample_id") % 2 == 1)),
    ],
)
@pytest.mark.parametrize(
    ("reference", "condition_id"), [(Key(1, 2), 2), (Key(1, 0), 2), (Key(3, 1), 0)]
)
def test_paired_changes_count_what_breaks_and_what_is_fixed(
    connection: Connection,
    rows: pl.DataFrame,
    reference: Key,
    condition_id: int,
    filtered: tuple[SampleFilter, pl.Expr],
) -> None:
    sample_filter, keep = filtered
    kept = rows.filter(keep)
    before = kept.filter(model_id=reference.model_id, condition_id=reference.condition_id)
    before = before.select("sample_id", before="correct")
    was, right = pl.col("before"), pl.col("correct")
    expected = (
        kept.filter(condition_id=condition_id)
        .join(before, on="sample_id")
        .group_by("model_id")
        .agg(
            samples=pl.len().cast(pl.Int64),
            reference_correct=was.sum().cast(pl.Int64),
            correct=right.sum().cast(pl.Int64),
            broken=(was & ~right).sum().cast(pl.Int64),
            fixed=(~was & right).sum().cast(pl.Int64),
        )
        .sort("model_id")
    )
    found = paired_changes(
        connection, reference, condition_id=condition_id, sample_filter=sample_filter
    )
    assert expected["samples"].to_list() == [found["samples"][0]] * 4
    assert_frame_equal(found, expected)
    for model_id in range(4):
        one = PairedSamples(reference, Key(model_id, condition_id), sample_filter)
        assert_frame_equal(
            paired_counts(connection, one), expected.filter(pl.col("model_id") == model_id)
        )


def test_no_filtered_sample_means_no_accuracy_and_no_change(
    connection: Connection,
) -> None:
    nobody = SampleFilter(2, ODD)
    assert accuracy(connection, nobody).is_empty()
    assert paired_changes(connection, Key(0, 0), condition_id=0, sample_filter=nobody).is_empty()
    assert paired_counts(connection, PairedSamples(Key(0, 0), Key(1, 2), nobody)).is_empty()


def test_a_model_that_gets_nothing_right_has_accuracy_zero(tmp_path: Path) -> None:
    two = (("dense", "dense", 0.0, 0.0), ("hopeless", "random", 0.5, 2.0))
    with connect(write_study(tmp_path / "hopeless.duckdb", models=two, clamp=1.0)) as opened:
        found = accuracy(opened, SampleFilter(None, ODD)).filter(pl.col("model_id") == 1)
        assert set(found["correct"]) == {0}
        changes = paired_changes(opened, Key(0, 0), condition_id=0)
        assert changes.row(1)[1:] == (SAMPLE_COUNT, SAMPLE_COUNT, 0, SAMPLE_COUNT, 0)
        nobody = paired_changes(opened, Key(0, 0), condition_id=0, sample_filter=SampleFilter(1))
        assert nobody.row(1)[1:] == (10, 10, 0, 10, 0)
