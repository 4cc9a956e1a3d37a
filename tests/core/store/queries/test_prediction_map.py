"""The map of angle and length, against the same rows by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.combination import Key
from core.store.connection import Connection, connect, query
from core.store.queries.prediction_map import nearest_directions, prediction_map
from core.store.subsets.base import SampleFilter
from tests.many_classes import write_many_class_study
from tests.study_file import write_study

KEY = Key(2, 1)
RANGES = {"angle": (20.0, 80.0), "length": (0.0, 16.0), "margin": (-5.0, 5.0)}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(connection: Connection) -> pl.DataFrame:
    return query(
        connection,
        "SELECT s.*, c.name AS class FROM sample_metrics s JOIN classes c ON class_id = label "
        "WHERE model_id = $model_id AND condition_id = $condition_id ORDER BY sample_id",
        KEY.values(),
    )


def test_a_cell_of_the_map_holds_the_mean_of_its_samples(
    connection: Connection, rows: pl.DataFrame
) -> None:
    found = prediction_map(connection, KEY, ranges=RANGES, bins=4)
    assert found["samples"].sum() == rows["angle"].count() == rows.height - 1
    cell = rows.filter(
        pl.col("angle").is_between(50, 65, closed="left")
        & pl.col("length").is_between(4, 8, closed="left")
    )
    (row,) = found.filter((pl.col("angle_bin") == 2) & (pl.col("length_bin") == 1)).to_dicts()
    assert row["samples"] == cell.height > 3
    assert row["right"] == pytest.approx(cell["correct"].mean())
    assert row["confidence"] == pytest.approx(cell["confidence"].mean())


def counted(rows: pl.DataFrame) -> tuple[int, int]:
    """Samples with angles, and those whose prediction is not among the nearest directions."""
    samples = differing = 0
    for row in rows.iter_rows(named=True):
        angles = np.array(row["angles"], dtype=float)
        if np.isnan(angles).all():
            continue
        known = row["angle_classes"] or list(range(len(angles)))
        nearest = {known[i] for i in np.flatnonzero(angles == np.nanmin(angles))}
        samples += 1
        differing += row["prediction"] not in nearest
    return samples, differing


def expected_row(samples: int, differing: int, *ends: float | None) -> pl.DataFrame:
    names = ("norm_low", "norm_high", "bias_low", "bias_high")
    counts = {"samples": samples, "differing": differing}
    return pl.DataFrame(
        {**counts, **dict(zip(names, ends, strict=True))},
        schema_overrides=dict.fromkeys(names, pl.Float64),
    )


@pytest.mark.parametrize("label", [None, 1])
def test_how_often_the_nearest_direction_is_not_the_prediction(
    tmp_path: Path, label: int | None
) -> None:
    path = write_study(tmp_path / "tiny.duckdb")
    with duckdb.connect(str(path)) as connection:
        at = "model_id = 2 AND condition_id = 1 AND sample_id"
        update = "UPDATE sample_metrics SET"
        connection.execute(f"{update} angles = [50, 50, 60, 70]::FLOAT[4] WHERE {at} IN (4, 5)")
        connection.execute(f"{update} angles = [50, NULL, 60, 70]::FLOAT[4] WHERE {at} IN (8, 9)")
        connection.execute(f"{update} prediction = 1 WHERE {at} IN (4, 5, 8, 9)")
        values = "(2, 0, 1.5, -0.25), (2, 1, 0.5, 0.125), (3, 0, 9, 9)"
        columns = "model_id, class_id, weight_norm, bias"
        connection.execute(f"INSERT INTO classifier ({columns}) VALUES {values}")
    with connect(path) as connection:
        found = nearest_directions(connection, KEY, sample_filter=SampleFilter(label))
        sql = "SELECT * FROM sample_metrics WHERE model_id = 2 AND condition_id = 1"
        rows = query(connection, sql)
    if label is not None:
        rows = rows.filter(pl.col("label") == label)
    samples, differing = counted(rows)
    assert 0 < differing < samples
    assert samples == rows.height - (label is None)  # sample 0 is a zero feature
    assert_frame_equal(found, expected_row(samples, differing, 0.5, 1.5, -0.25, 0.125))


def test_of_a_thousand_classes_the_nearest_ones_are_known(tmp_path: Path) -> None:
    path = write_many_class_study(tmp_path / "many.duckdb", classes=1000)
    with duckdb.connect(str(path)) as connection:  # beyond the stored directions
        connection.execute(
            "UPDATE sample_metrics SET prediction = (label + 500) % 1000 "
            "WHERE model_id = 1 AND sample_id % 7 = 0"
        )
    with connect(path) as connection:
        rows = query(connection, "SELECT * FROM sample_metrics WHERE model_id = 1")
        found = nearest_directions(connection, Key(1, 0))
    samples, differing = counted(rows)
    assert samples == 3000
    assert differing >= 3000 // 7
    assert_frame_equal(found, expected_row(samples, differing, None, None, None, None))


def test_without_samples_nothing_is_counted(connection: Connection) -> None:
    found = nearest_directions(connection, Key(99, 0))
    assert_frame_equal(found, expected_row(0, 0, None, None, None, None))
