"""Samples under one combination: counts, positions, histograms, the lowest margins.

`sample_filter` says which samples a query is about, `selection` which of them a brush marks.
"""

from __future__ import annotations

import polars as pl

from core.metrics import GEOMETRIC, METRICS
from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.queries.binning import Ends, bin_of, end_values, placeholders, texts
from core.store.subsets.base import EVERYTHING, SampleFilter
from core.store.subsets.ranges import UNLIMITED, ColumnRanges


def metric_ranges(connection: Connection, key: Key) -> pl.DataFrame:
    """Smallest and largest value of each metric over all classes: metric, low, high."""
    sql = f"""
        SELECT metric, low, high
        FROM metric_range r
        WHERE {of_key("r")}
        ORDER BY metric
    """
    return query(connection, sql, key.values())


def combination_counts(
    connection: Connection, key: Key, *, sample_filter: SampleFilter = EVERYTHING
) -> pl.DataFrame:
    """One row: samples, correct, and how many have an angle and a margin."""
    rollup = f"""
        SELECT coalesce(sum(sample_count), 0)::BIGINT AS samples,
               coalesce(sum(correct_count), 0)::BIGINT AS correct,
               coalesce(sum(angle_count), 0)::BIGINT AS with_angle,
               coalesce(sum(margin_count), 0)::BIGINT AS with_margin
        FROM accuracy_rollup r
        WHERE {of_key("r")} AND ($class_id IS NULL OR label = $class_id)
    """
    rows = f"""
        SELECT count(*) AS samples, count(*) FILTER (correct) AS correct,
               count(angle) AS with_angle, count(margin) AS with_margin
        FROM sample_metrics m
        WHERE {of_key("m")}{sample_filter.sql("m")}
    """
    sql = rollup if sample_filter.where is None else rows
    return query(connection, sql, {**key.values(), **sample_filter.values()})


def class_counts(
    connection: Connection,
    key: Key,
    *,
    sample_filter: SampleFilter = EVERYTHING,
    selection: ColumnRanges = UNLIMITED,
) -> pl.DataFrame:
    """Each class with samples that pass the filter, by label.

    Returns:
        class, samples, correct, selected, selected_correct, with_angle, with_margin.
    """
    rollup = f"""
        SELECT c.name AS class, r.sample_count::BIGINT AS samples,
               r.correct_count::BIGINT AS correct, r.sample_count::BIGINT AS selected,
               r.correct_count::BIGINT AS selected_correct, r.angle_count::BIGINT AS with_angle,
               r.margin_count::BIGINT AS with_margin
        FROM accuracy_rollup r
        JOIN classes c ON c.class_id = r.label
        WHERE {of_key("r")} AND ($class_id IS NULL OR r.label = $class_id)
        ORDER BY r.label
    """
    rows = f"""
        WITH found AS (
            SELECT m.label, m.correct, m.angle, m.margin, {_selected(selection, "m")} AS selected
            FROM sample_metrics m
            WHERE {of_key("m")}{sample_filter.sql("m")}
        )
        SELECT c.name AS class, count(*) AS samples, count(*) FILTER (correct) AS correct,
               count(*) FILTER (selected) AS selected,
               count(*) FILTER (selected AND correct) AS selected_correct,
               count(angle) AS with_angle, count(margin) AS with_margin
        FROM found
        JOIN classes c ON c.class_id = label
        GROUP BY label, c.name
        ORDER BY label
    """
    sql = rollup if sample_filter.where is None and not selection else rows
    return query(connection, sql, {**key.values(), **sample_filter.values(), **selection.values()})


def positions(
    connection: Connection,
    key: Key,
    *,
    sample_filter: SampleFilter = EVERYTHING,
    selection: ColumnRanges = UNLIMITED,
    limit: int,
    seed: int = 0,
    per_class: bool = False,
) -> pl.DataFrame:
    """Samples to draw, at most `limit`, selected ones first; which of the rest is up to the seed.

    Args:
        connection: an open study.
        key: model and condition.
        sample_filter: samples.
        selection: which of them are selected.
        limit: samples in all, or of each class.
        seed: of the order of the rest.
        per_class: whether the limit is of each class.

    Returns:
        sample_id, class, predicted, correct, selected and every metric of `METRICS`, by
        sample_id. Samples without an angle have no position and are left out.
    """
    metrics = ", ".join(
        f"{one.expression.format(row='s')} AS {one.name}" for one in METRICS.values()
    )
    sql = f"""
        SELECT s.sample_id, c.name AS class, p.name AS predicted, s.correct,
               {_selected(selection, "s")} AS selected, {metrics}
        FROM sample_metrics s
        JOIN classes c ON c.class_id = s.label
        JOIN classes p ON p.class_id = s.prediction
        WHERE {of_key("s")} AND s.angle IS NOT NULL{sample_filter.sql("s")}
        QUALIFY row_number() OVER ({"PARTITION BY s.label " if per_class else ""}ORDER BY
                    selected DESC, hash(s.sample_id, $seed), s.sample_id) <= $limit
        ORDER BY s.sample_id
    """
    values = {**key.values(), "limit": limit, "seed": seed}
    return query(connection, sql, {**values, **sample_filter.values(), **selection.values()})


def metric_histograms(
    connection: Connection,
    key: Key,
    *,
    sample_filter: SampleFilter = EVERYTHING,
    selection: ColumnRanges = UNLIMITED,
    ranges: Ends,
    bins: int,
) -> pl.DataFrame:
    """Counts of angle, length and margin in equal bins, by class and correctness.

    Args:
        connection: an open study.
        key: model and condition.
        sample_filter: samples.
        selection: which of them are selected.
        ranges: low and high of each metric; values outside count in the outermost bins.
        bins: bins between low and high.

    Returns:
        class, metric, correct, bin (0-based), samples, selected, by label and the others; empty
        bins are absent.
    """
    values = ", ".join(METRICS[metric].sql("m") for metric in GEOMETRIC)
    sql = f"""
        WITH long AS (
            SELECT label, correct, {_selected(selection, "m")} AS selected,
                   unnest({texts(GEOMETRIC)}) AS metric, unnest([{values}]) AS value,
                   unnest({placeholders(GEOMETRIC, "low")}) AS low,
                   unnest({placeholders(GEOMETRIC, "high")}) AS high
            FROM sample_metrics m
            WHERE {of_key("m")}{sample_filter.sql("m")}
        ), counted AS (
            SELECT label, metric, correct, {bin_of("value", "low", "high")} AS bin,
                   count(*) AS samples, count(*) FILTER (selected) AS selected
            FROM long
            WHERE value IS NOT NULL
            GROUP BY ALL
        )
        SELECT c.name AS class, metric, correct, bin, samples, selected
        FROM counted
        JOIN classes c ON c.class_id = label
        ORDER BY label, metric, correct, bin
    """
    bound = {**key.values(), "bins": bins, **end_values(ranges)}
    return query(connection, sql, {**bound, **sample_filter.values(), **selection.values()})


def lowest_margins(
    connection: Connection,
    key: Key,
    *,
    sample_filter: SampleFilter = EVERYTHING,
    selection: ColumnRanges = UNLIMITED,
    limit: int,
) -> pl.DataFrame:
    """The selected samples deepest on the wrong side, or nearest to it, by rising margin.

    Returns:
        sample_id, class, predicted, correct, margin.
    """
    sql = f"""
        WITH lowest AS (
            SELECT m.sample_id, m.label, m.prediction, m.correct, m.margin
            FROM sample_metrics m
            WHERE {of_key("m")} AND m.margin IS NOT NULL
              AND {_selected(selection, "m")}{sample_filter.sql("m")}
            ORDER BY m.margin, m.sample_id
            LIMIT $limit
        )
        SELECT sample_id, c.name AS class, p.name AS predicted, correct, margin
        FROM lowest
        JOIN classes c ON c.class_id = lowest.label
        JOIN classes p ON p.class_id = prediction
        ORDER BY margin, sample_id
    """
    values = {**key.values(), "limit": limit}
    return query(connection, sql, {**values, **sample_filter.values(), **selection.values()})


def _selected(selection: ColumnRanges, alias: str) -> str:
    return selection.sql({name: metric.sql(alias) for name, metric in METRICS.items()})
