"""The table of metrics, and that everything that has to know a metric does."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from core.metrics import GEOMETRIC, METRICS, Metric
from core.store.combination import Combination
from core.store.connection import connect, query
from core.store.queries.combination import positions
from core.store.study import Study
from core.store.subsets import json_format
from core.store.subsets.base import SampleFilter
from core.store.subsets.ranges import ColumnRanges, MetricChange, MetricUnder, Range, RangeFilter
from core.store.writing.shards import shard_schema
from tests.study_file import write_study

DENSE = Combination("lenet5-dense", "clean")
PRUNED = Combination("lenet5-magnitude-0.9", "clean")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = write_study(tmp_path_factory.mktemp("metrics") / "tiny.duckdb")
    return Study(connect(path), "tiny")


@pytest.fixture(params=METRICS)
def metric(request: pytest.FixtureRequest) -> Metric:
    return METRICS[request.param]


def test_a_metric_is_described_for_people(metric: Metric) -> None:
    for text in (metric.label, metric.axis_title, metric.short_title):
        assert text
        assert "_" not in text
    assert METRICS[metric.name] is metric
    assert metric.good_direction in {-1, 0, 1}
    assert all(getattr(metric, one.name) is not None for one in fields(metric))


def test_a_metric_is_within_its_bounds_in_every_row(metric: Metric, study: Study) -> None:
    low, high = metric.bounds
    value = metric.sql("m")
    sql = f"""
        SELECT count({value}) AS defined,
               count(*) FILTER ({value} < $low OR {value} > $high) AS outside
        FROM sample_metrics m
    """
    limits = {"low": -1e300 if low is None else low, "high": 1e300 if high is None else high}
    found = study.ask(query, sql, limits).row(0, named=True)
    assert found["defined"] > 0
    assert found["outside"] == 0


def test_a_metric_is_measured(metric: Metric) -> None:
    columns = set(re.findall(r"\{row\}\.(\w+)", metric.expression))
    assert columns
    assert columns <= set(shard_schema(4).names)


def test_samples_can_be_filtered_by_a_metric_and_by_its_change(
    metric: Metric, study: Study
) -> None:
    values = study.ask(positions, study.key(DENSE), limit=1000)[metric.name].drop_nulls()
    middle = float(values.median())  # type: ignore[arg-type]
    for value in (MetricUnder(DENSE, metric.name), MetricChange(DENSE, PRUNED, metric.name)):
        subset = RangeFilter(value, Range(None, middle))
        assert json_format.loads(json_format.dumps(subset)) == subset
        assert metric.label.lower() in subset.sentence()
        where = subset.to_sql(study.names)
        found = study.ask(
            positions, study.key(DENSE), sample_filter=SampleFilter(None, where), limit=1000
        )
        if isinstance(value, MetricUnder):
            assert found.height == int((values <= middle).sum())


def test_a_brush_can_select_by_a_metric(metric: Metric, study: Study) -> None:
    everything = study.ask(positions, study.key(DENSE), limit=1000)
    middle = float(everything[metric.name].median())  # type: ignore[arg-type]
    selection = ColumnRanges(((metric.name, Range(middle, None)),))
    found = study.ask(positions, study.key(DENSE), selection=selection, limit=1000)
    assert found["selected"].sum() == int((everything[metric.name] >= middle).sum())


def test_a_geometric_metric_has_its_range_in_the_file(study: Study) -> None:
    sql = "SELECT DISTINCT metric FROM metric_range ORDER BY metric"
    assert study.ask(query, sql)["metric"].to_list() == sorted(GEOMETRIC)
