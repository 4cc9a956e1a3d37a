"""What a study holds, against the rows that it was made of, counted by polars."""

from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal

from core.store.combination import Key
from core.store.connection import Connection
from core.store.queries.accuracy import accuracy
from core.store.queries.combination import combination_counts
from core.store.queries.paired import PairedSamples, broken_samples
from core.store.queries.study import classes, models, study
from tests.study_file import CLASSES, SAMPLE_COUNT


def test_study_counts_its_samples_and_rows(connection: Connection) -> None:
    row = study(connection).row(0, named=True)
    assert (row["title"], row["samples"], row["rows"]) == (
        "Four classes, four models",
        SAMPLE_COUNT,
        SAMPLE_COUNT * 4 * 3,
    )


def test_models_come_with_their_clean_accuracy(connection: Connection, rows: pl.DataFrame) -> None:
    found = models(connection)
    expected = (
        rows.filter(pl.col("condition_id") == 0)
        .group_by("model_id")
        .agg(
            clean_correct=pl.col("correct").sum().cast(pl.Int64),
            clean_samples=pl.len().cast(pl.Int64),
        )
        .sort("model_id")
    )
    assert_frame_equal(found.select("model_id", "clean_correct", "clean_samples"), expected)
    assert "details" not in found.columns


def test_classes_count_their_samples(connection: Connection) -> None:
    assert classes(connection).rows() == [
        (i, name, SAMPLE_COUNT // 4) for i, name in enumerate(CLASSES)
    ]


def test_counts_tell_samples_without_an_angle_apart(connection: Connection) -> None:
    counts = combination_counts(connection, Key(2, 0)).row(0, named=True)
    assert (counts["samples"], counts["with_angle"], counts["with_margin"]) == (40, 39, 40)


def test_an_empty_study_gives_empty_frames_with_the_same_columns(
    connection: Connection, empty: Connection
) -> None:
    for ask in (
        accuracy,
        models,
        lambda opened: broken_samples(opened, PairedSamples(Key(0, 0), Key(1, 0)), limit=5),
    ):
        assert ask(empty).height == 0
        assert ask(empty).schema == ask(connection).schema
    assert combination_counts(empty, Key(0, 0)).row(0) == (0, 0, 0, 0)
