"""Each query against the rows that the study was made of, counted by polars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.connection import connect, query
from core.store.queries import metric_ranges as geometry_queries
from core.store.queries import study as queries
from core.store.subsets.base import EVERYTHING, Chosen, Where
from tests.study_file import CLASSES, SAMPLE_COUNT, write_study


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return query(connection, "SELECT * FROM sample_metrics")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(write_study(tmp_path / "empty.duckdb", sample_count=0, models=())) as opened:
        yield opened


def test_study_counts_its_samples_and_rows(connection: duckdb.DuckDBPyConnection) -> None:
    study = queries.study(connection).row(0, named=True)
    assert (study["title"], study["samples"], study["rows"]) == (
        "Four classes, four models",
        SAMPLE_COUNT,
        SAMPLE_COUNT * 4 * 3,
    )


def test_models_come_with_their_clean_accuracy(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame
) -> None:
    models = queries.models(connection)
    expected = (
        rows.filter(pl.col("condition_id") == 0)
        .group_by("model_id")
        .agg(
            clean_correct=pl.col("correct").sum().cast(pl.Int64),
            clean_samples=pl.len().cast(pl.Int64),
        )
        .sort("model_id")
    )
    assert_frame_equal(models.select("model_id", "clean_correct", "clean_samples"), expected)
    assert "details" not in models.columns


def test_classes_count_their_samples(connection: duckdb.DuckDBPyConnection) -> None:
    assert queries.classes(connection).rows() == [
        (i, name, SAMPLE_COUNT // 4) for i, name in enumerate(CLASSES)
    ]


@pytest.mark.parametrize("class_id", [None, 2])
def test_accuracy_counts_what_the_rows_say(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, class_id: int | None
) -> None:
    kept = rows if class_id is None else rows.filter(pl.col("label") == class_id)
    expected = (
        kept.group_by("model_id", "condition_id")
        .agg(correct=pl.col("correct").sum().cast(pl.Int64), samples=pl.len().cast(pl.Int64))
        .sort("model_id", "condition_id")
    )
    assert_frame_equal(queries.accuracy(connection, Chosen(class_id)), expected)


def test_counts_tell_samples_without_an_angle_apart(connection: duckdb.DuckDBPyConnection) -> None:
    counts = geometry_queries.combination_counts(connection, model_id=2, condition_id=0).row(
        0, named=True
    )
    assert (counts["samples"], counts["with_angle"], counts["with_margin"]) == (40, 39, 40)


def test_broken_samples_are_right_before_and_wrong_after(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame
) -> None:
    found = geometry_queries.broken_samples(connection, reference=(0, 0), compared=(2, 2), limit=5)
    before = rows.filter((pl.col("model_id") == 0) & (pl.col("condition_id") == 0))
    after = rows.filter((pl.col("model_id") == 2) & (pl.col("condition_id") == 2))
    broken = (
        after.filter(~pl.col("correct"))
        .join(before.filter("correct").select("sample_id"), on="sample_id")
        .sort("confidence", "sample_id", descending=[True, False])
    )
    assert found["sample_id"].to_list() == broken["sample_id"].to_list()[:5]
    assert set(found["total"]) == {broken.height}


def test_an_empty_study_gives_empty_frames_with_the_same_columns(
    connection: duckdb.DuckDBPyConnection, empty: duckdb.DuckDBPyConnection
) -> None:
    ids = {"model_id": 0, "condition_id": 0}
    for ask in (
        queries.accuracy,
        queries.models,
        lambda opened: geometry_queries.broken_samples(
            opened, reference=(0, 0), compared=(1, 0), limit=5
        ),
    ):
        assert ask(empty).height == 0
        assert ask(empty).schema == ask(connection).schema
    assert geometry_queries.combination_counts(empty, **ids).row(0) == (0, 0, 0, 0)


ODD = Where("samples.sample_id % $subset_0 = 1", (("subset_0", 2),))


@pytest.mark.parametrize(
    ("chosen", "keep"),
    [
        (EVERYTHING, pl.lit(True)),
        (Chosen(1), pl.col("label") == 1),
        (Chosen(None, ODD), pl.col("sample_id") % 2 == 1),
        (Chosen(1, ODD), (pl.col("label") == 1) & (pl.col("sample_id") % 2 == 1)),
        (Chosen(2, ODD), pl.lit(False)),
    ],
)
def test_every_question_keeps_to_the_chosen_samples(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, chosen: Chosen, keep: pl.Expr
) -> None:
    kept = rows.filter(keep)
    one = kept.filter((pl.col("model_id") == 2) & (pl.col("condition_id") == 0))
    ids = {"model_id": 2, "condition_id": 0}
    assert queries.sample_count(connection, chosen) == one.height
    assert queries.accuracy(connection, chosen)["samples"].sum() == kept.height
    assert queries.accuracy(connection, chosen)["correct"].sum() == kept["correct"].sum()
    counts = geometry_queries.combination_counts(connection, **ids, chosen=chosen).row(0)
    assert counts == (
        one.height,
        one["correct"].sum(),
        one["angle"].count(),
        one["margin"].count(),
    )


@pytest.mark.parametrize(
    ("chosen", "keep"), [(EVERYTHING, lambda _: True), (Chosen(1, ODD), lambda i: i % 4 == 1)]
)
def test_paired_changes_count_what_breaks_and_what_is_fixed(
    connection: duckdb.DuckDBPyConnection,
    rows: pl.DataFrame,
    chosen: Chosen,
    keep: Callable[[int], bool],
) -> None:
    found = queries.paired_changes(connection, reference_model_id=1, condition_id=2, chosen=chosen)
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


def test_no_chosen_sample_means_no_accuracy_and_no_change(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    nobody = Chosen(2, ODD)
    assert queries.accuracy(connection, nobody).is_empty()
    assert queries.paired_changes(
        connection, reference_model_id=0, condition_id=0, chosen=nobody
    ).is_empty()


def test_a_model_that_gets_nothing_right_has_accuracy_zero(tmp_path: Path) -> None:
    models = (("dense", "dense", 0.0, 0.0), ("hopeless", "random", 0.5, 2.0))
    with connect(write_study(tmp_path / "hopeless.duckdb", models=models, clamp=1.0)) as opened:
        found = queries.accuracy(opened, Chosen(None, ODD)).filter(pl.col("model_id") == 1)
        assert set(found["correct"]) == {0}
        changes = queries.paired_changes(opened, reference_model_id=0, condition_id=0)
        assert changes.row(1)[1:] == (SAMPLE_COUNT, 0, SAMPLE_COUNT)
