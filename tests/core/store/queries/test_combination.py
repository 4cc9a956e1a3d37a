"""Samples under one combination, against polars over the same rows."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.metrics import METRICS
from core.store.combination import Combination, Key
from core.store.connection import Connection, connect, query
from core.store.queries.combination import (
    class_counts,
    lowest_margins,
    metric_histograms,
    metric_ranges,
    positions,
)
from core.store.subsets.base import EVERYTHING, Names, SampleFilter, SubsetError, Where
from core.store.subsets.ranges import UNLIMITED, ColumnRanges, MetricUnder, Range, RangeFilter
from tests.study_file import write_study

KEY = Key(2, 1)
RANGES = {"angle": (20.0, 80.0), "length": (0.0, 16.0), "margin": (-5.0, 5.0)}
EVEN = SampleFilter(None, Where("samples.sample_id % $subset_0 = 0", (("subset_0", 2),)))
FEW = ColumnRanges(
    (("angle", Range(40.0, 60.0)), ("length", Range(None, 7.0)), ("margin", Range(0.5)))
)
FILTERS = [EVERYTHING, SampleFilter(2), EVEN]


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
        KEY.values(),
    )


def known(rows: pl.DataFrame, sample_filter: SampleFilter, selection: ColumnRanges) -> pl.DataFrame:
    """The filtered rows with whether they are selected, without SQL."""
    if sample_filter.class_id is not None:
        rows = rows.filter(pl.col("label") == sample_filter.class_id)
    if sample_filter.where is not None:
        rows = rows.filter(pl.col("sample_id") % 2 == 0)
    selected = pl.lit(True)
    if selection:
        selected = (
            pl.col("angle").is_between(40, 60) & (pl.col("length") <= 7) & (pl.col("margin") >= 0.5)
        ).fill_null(False)
    return rows.with_columns(selected=selected)


@pytest.mark.parametrize("selection", [UNLIMITED, FEW], ids=["all", "some"])
@pytest.mark.parametrize("sample_filter", FILTERS)
def test_each_class_counts_its_samples_and_the_selected_ones(
    connection: Connection, rows: pl.DataFrame, sample_filter: SampleFilter, selection: ColumnRanges
) -> None:
    expected = (
        known(rows, sample_filter, selection)
        .group_by("label", "class")
        .agg(
            samples=pl.len(),
            correct=pl.col("correct").sum(),
            selected=pl.col("selected").sum(),
            selected_correct=(pl.col("selected") & pl.col("correct")).sum(),
            with_angle=pl.col("angle").count(),
            with_margin=pl.col("margin").count(),
        )
        .sort("label")
        .drop("label")
    )
    found = class_counts(connection, KEY, sample_filter=sample_filter, selection=selection)
    assert_frame_equal(found, expected, check_dtypes=False)


@pytest.mark.parametrize("selection", [UNLIMITED, FEW], ids=["all", "some"])
@pytest.mark.parametrize("sample_filter", FILTERS)
def test_positions_are_those_of_all_samples_with_an_angle(
    connection: Connection, rows: pl.DataFrame, sample_filter: SampleFilter, selection: ColumnRanges
) -> None:
    found = positions(connection, KEY, sample_filter=sample_filter, selection=selection, limit=99)
    columns = ["sample_id", "class", "predicted", "correct", "selected", *METRICS]
    expected = (
        known(rows, sample_filter, selection).filter(pl.col("angle").is_not_null()).select(columns)
    )
    assert_frame_equal(found, expected)


def test_limited_positions_hold_the_selected_ones_and_are_the_same_every_time(
    connection: Connection, rows: pl.DataFrame
) -> None:
    def drawn(seed: int) -> list[int]:
        points = positions(connection, KEY, selection=FEW, limit=20, seed=seed)
        return points["sample_id"].to_list()

    selected = known(rows, EVERYTHING, FEW).filter("selected")["sample_id"].to_list()
    assert 0 < len(selected) < 20
    assert set(selected) < set(drawn(0))
    assert len(drawn(0)) == 20
    assert drawn(0) == sorted(drawn(0)) == drawn(0)
    assert drawn(0) != drawn(1)


@pytest.mark.parametrize("selection", [UNLIMITED, FEW], ids=["all", "some"])
@pytest.mark.parametrize("sample_filter", FILTERS)
def test_histograms_hold_every_defined_value_once(
    connection: Connection, rows: pl.DataFrame, sample_filter: SampleFilter, selection: ColumnRanges
) -> None:
    expected = [
        (
            row["label"],
            row["class"],
            metric,
            row["correct"],
            min(15, max(0, int((row[metric] - low) / (high - low) * 16))),
            row["selected"],
        )
        for metric, (low, high) in RANGES.items()
        for row in known(rows, sample_filter, selection).iter_rows(named=True)
        if row[metric] is not None
    ]
    keys = ["label", "class", "metric", "correct", "bin"]
    counted = (
        pl.DataFrame(expected, schema=[*keys, "selected"], orient="row")
        .group_by(keys)
        .agg(samples=pl.len(), selected=pl.col("selected").sum())
        .sort("label", "metric", "correct", "bin")
        .drop("label")
    )
    found = metric_histograms(
        connection, KEY, sample_filter=sample_filter, selection=selection, ranges=RANGES, bins=16
    )
    assert_frame_equal(found, counted, check_dtypes=False)


@pytest.mark.parametrize("selection", [UNLIMITED, FEW], ids=["all", "some"])
def test_lowest_margins_rise_from_the_lowest_selected(
    connection: Connection, rows: pl.DataFrame, selection: ColumnRanges
) -> None:
    found = lowest_margins(
        connection, KEY, sample_filter=SampleFilter(1), selection=selection, limit=4
    )
    expected = (
        known(rows, SampleFilter(1), selection)
        .filter("selected", pl.col("margin").is_not_null())
        .sort("margin", "sample_id")
        .head(4)
        .select("sample_id", "class", "predicted", "correct", "margin")
    )
    assert expected.height > 0
    assert_frame_equal(found, expected)


def test_what_is_selected_is_what_the_same_ranges_filter_as_a_subset(
    connection: Connection,
) -> None:
    combination = Combination("lenet5-magnitude-0.9", "gaussian_noise-3")
    names = Names({combination.model: 2}, {combination.condition: 1}, {})
    for metric, limits in FEW.ranges:
        subset = RangeFilter(MetricUnder(combination, metric), limits)
        sample_filter = SampleFilter(None, subset.to_sql(names))
        selected = class_counts(connection, KEY, selection=ColumnRanges(((metric, limits),)))
        filtered = class_counts(connection, KEY, sample_filter=sample_filter)
        assert 0 < selected["selected"].sum() == filtered["samples"].sum() < 40


def test_a_range_of_something_else_is_refused(connection: Connection) -> None:
    with pytest.raises(SubsetError, match="expected a range of angle, length, margin"):
        class_counts(connection, KEY, selection=ColumnRanges((("label", Range(0.0, 1.0)),)))


def test_ranges_hold_all_classes(connection: Connection, rows: pl.DataFrame) -> None:
    assert metric_ranges(connection, KEY).rows() == [
        (name, pytest.approx(rows[name].min()), pytest.approx(rows[name].max()))
        for name in ("angle", "length", "margin")
    ]
