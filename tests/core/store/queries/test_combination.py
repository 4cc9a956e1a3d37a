"""Where samples lie, against polars over the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.connection import Connection, connect, query
from core.store.queries import combination as place_queries
from core.store.queries.combination import ANYWHERE, Within
from core.store.subsets.base import EVERYTHING, Chosen, SelectionError, Where
from core.store.subsets.predicates import MetricRange, Names, Pair
from tests.study_file import write_study

IDS: dict[str, Any] = {"model_id": 2, "condition_id": 1}
RANGES = {"angle": (20.0, 80.0), "length": (0.0, 16.0), "margin": (-5.0, 5.0)}
EVEN = Chosen(None, Where("samples.sample_id % $subset_0 = 0", (("subset_0", 2),)))
FEW = Within((("angle", 40.0, 60.0), ("length", None, 7.0), ("margin", 0.5, None)))
CHOSEN = [EVERYTHING, Chosen(2), EVEN]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(connection: Connection) -> pl.DataFrame:
    return query(
        connection,
        "SELECT s.*, c.name AS class, p.name AS predicted FROM sample_metrics s "
        "JOIN classes c ON c.class_id = label JOIN classes p ON p.class_id = prediction "
        "WHERE model_id = $model_id AND condition_id = $condition_id ORDER BY sample_id",
        IDS,
    )


def known(rows: pl.DataFrame, chosen: Chosen, within: Within) -> pl.DataFrame:
    """The chosen rows with whether they are kept, without SQL."""
    if chosen.class_id is not None:
        rows = rows.filter(pl.col("label") == chosen.class_id)
    if chosen.where is not None:
        rows = rows.filter(pl.col("sample_id") % 2 == 0)
    kept = pl.lit(True)
    if within.ranges:
        kept = (
            pl.col("angle").is_between(40, 60) & (pl.col("length") <= 7) & (pl.col("margin") >= 0.5)
        ).fill_null(False)
    return rows.with_columns(kept=kept)


@pytest.mark.parametrize("within", [ANYWHERE, FEW], ids=["all", "some"])
@pytest.mark.parametrize("chosen", CHOSEN)
def test_each_class_counts_its_samples_and_the_kept_ones(
    connection: Connection, rows: pl.DataFrame, chosen: Chosen, within: Within
) -> None:
    expected = (
        known(rows, chosen, within)
        .group_by("label", "class")
        .agg(
            samples=pl.len(),
            correct=pl.col("correct").sum(),
            kept=pl.col("kept").sum(),
            kept_correct=(pl.col("kept") & pl.col("correct")).sum(),
            with_angle=pl.col("angle").count(),
            with_margin=pl.col("margin").count(),
        )
        .sort("label")
        .drop("label")
    )
    found = place_queries.place_counts(connection, **IDS, chosen=chosen, within=within)
    assert_frame_equal(found, expected, check_dtypes=False)


@pytest.mark.parametrize("within", [ANYWHERE, FEW], ids=["all", "some"])
@pytest.mark.parametrize("chosen", CHOSEN)
def test_points_are_all_samples_with_an_angle(
    connection: Connection, rows: pl.DataFrame, chosen: Chosen, within: Within
) -> None:
    found = place_queries.place_points(connection, **IDS, chosen=chosen, within=within, limit=99)
    columns = [
        "sample_id", "class", "predicted", "correct", "kept", "confidence", "angle", "length",
        "margin",
    ]  # fmt: skip
    expected = known(rows, chosen, within).filter(pl.col("angle").is_not_null()).select(columns)
    assert_frame_equal(found, expected)


def test_limited_points_hold_the_kept_ones_and_are_the_same_every_time(
    connection: Connection, rows: pl.DataFrame
) -> None:
    def drawn(seed: int) -> list[int]:
        points = place_queries.place_points(connection, **IDS, within=FEW, limit=20, seed=seed)
        return points["sample_id"].to_list()

    kept = known(rows, EVERYTHING, FEW).filter("kept")["sample_id"].to_list()
    assert 0 < len(kept) < 20
    assert set(kept) < set(drawn(0))
    assert len(drawn(0)) == 20
    assert drawn(0) == sorted(drawn(0)) == drawn(0)
    assert drawn(0) != drawn(1)


@pytest.mark.parametrize("within", [ANYWHERE, FEW], ids=["all", "some"])
@pytest.mark.parametrize("chosen", CHOSEN)
def test_histograms_hold_every_defined_value_once(
    connection: Connection, rows: pl.DataFrame, chosen: Chosen, within: Within
) -> None:
    expected = [
        (
            row["label"],
            row["class"],
            metric,
            row["correct"],
            min(15, max(0, int((row[metric] - low) / (high - low) * 16))),
            row["kept"],
        )
        for metric, (low, high) in RANGES.items()
        for row in known(rows, chosen, within).iter_rows(named=True)
        if row[metric] is not None
    ]
    keys = ["label", "class", "metric", "correct", "bin"]
    counted = (
        pl.DataFrame(expected, schema=[*keys, "kept"], orient="row")
        .group_by(keys)
        .agg(samples=pl.len(), kept=pl.col("kept").sum())
        .sort("label", "metric", "correct", "bin")
        .drop("label")
    )
    found = place_queries.place_histograms(
        connection, **IDS, chosen=chosen, within=within, ranges=RANGES, bins=16
    )
    assert_frame_equal(found, counted, check_dtypes=False)


@pytest.mark.parametrize("within", [ANYWHERE, FEW], ids=["all", "some"])
def test_lowest_margins_rise_from_the_lowest_kept(
    connection: Connection, rows: pl.DataFrame, within: Within
) -> None:
    found = place_queries.lowest_margins(
        connection, **IDS, chosen=Chosen(1), within=within, limit=4
    )
    expected = (
        known(rows, Chosen(1), within)
        .filter("kept", pl.col("margin").is_not_null())
        .sort("margin", "sample_id")
        .head(4)
        .select("sample_id", "class", "predicted", "correct", "margin")
    )
    assert expected.height > 0
    assert_frame_equal(found.drop("thumbnail"), expected)
    assert all(png.startswith(b"\x89PNG") for png in found["thumbnail"])


def test_what_is_kept_is_what_the_same_ranges_select_as_a_subset(connection: Connection) -> None:
    pair = Pair("lenet5-magnitude-0.9", "gaussian_noise-3")
    names = Names({pair.model: 2}, {pair.condition: 1}, {})
    for range_ in FEW.ranges:
        subset = MetricRange(pair, range_[0], *range_[1:])  # type: ignore[arg-type]
        chosen = Chosen(None, subset.to_sql(names))
        kept = place_queries.place_counts(connection, **IDS, within=Within((range_,)))
        selected = place_queries.place_counts(connection, **IDS, chosen=chosen)
        assert 0 < kept["kept"].sum() == selected["samples"].sum() < 40


def test_a_range_of_something_else_is_refused(connection: Connection) -> None:
    with pytest.raises(SelectionError, match="expected a metric of angle, length, margin"):
        place_queries.place_counts(connection, **IDS, within=Within((("label", 0.0, 1.0),)))
