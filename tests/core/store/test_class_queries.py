"""Classes side by side, against counts by hand over the same rows."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from core.store import class_queries
from core.store.database import Connection, connect, query
from core.store.subset import Chosen, Where
from tests.study_file import write_study

IDS = {"model_id": 2, "condition_id": 1}
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
        IDS,
    )


EVEN = Chosen(None, Where("samples.sample_id % $subset_0 = 0", (("subset_0", 2),)))


@pytest.mark.parametrize("chosen", [Chosen(), Chosen(2), EVEN])
def test_each_class_is_counted_on_its_own(
    connection: Connection, rows: pl.DataFrame, chosen: Chosen
) -> None:
    if chosen.class_id is not None:
        rows = rows.filter(pl.col("label") == chosen.class_id)
    if chosen.where is not None:
        rows = rows.filter(pl.col("sample_id") % 2 == 0)
    expected = (
        rows.group_by("label", "class")
        .agg(
            samples=pl.len(),
            correct=pl.col("correct").sum(),
            with_angle=pl.col("angle").count(),
            with_margin=pl.col("margin").count(),
        )
        .sort("label")
    )
    found = class_queries.class_counts(connection, **IDS, chosen=chosen)
    assert found.rows() == expected.rows()


def test_histograms_of_all_classes_add_up_to_their_samples(
    connection: Connection, rows: pl.DataFrame
) -> None:
    found = class_queries.class_histograms(connection, **IDS, ranges=RANGES, bins=30)
    angles = rows.filter(pl.col("angle").is_not_null()).with_columns(
        bin=((pl.col("angle").cast(pl.Float64) - 20) / 2).floor().clip(0, 29).cast(pl.Int32)
    )
    expected = angles.group_by("label", "class", "correct", "bin").agg(samples=pl.len())
    assert (
        found.filter(pl.col("metric") == "angle").drop("metric").rows()
        == expected.sort("label", "correct", "bin").drop("label").rows()
    )


def test_images_come_for_the_samples_that_are_asked_for(connection: Connection) -> None:
    found = class_queries.thumbnails(connection, [7, 3, 999])
    assert found["sample_id"].to_list() == [3, 7]
    assert all(png.startswith(b"\x89PNG") for png in found["thumbnail"])


def test_a_cell_of_the_map_holds_the_mean_of_its_samples(
    connection: Connection, rows: pl.DataFrame
) -> None:
    found = class_queries.prediction_map(connection, **IDS, ranges=RANGES, bins=4)
    assert found["samples"].sum() == rows["angle"].count() == rows.height - 1
    cell = rows.filter(
        pl.col("angle").is_between(50, 65, closed="left")
        & pl.col("length").is_between(4, 8, closed="left")
    )
    (row,) = found.filter((pl.col("angle_bin") == 2) & (pl.col("length_bin") == 1)).to_dicts()
    assert row["samples"] == cell.height > 3
    assert row["right"] == pytest.approx(cell["correct"].mean())
    assert row["confidence"] == pytest.approx(cell["confidence"].mean())
