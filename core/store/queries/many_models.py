"""The same samples under many models at one condition (figures 6 and 7)."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter


def mean_metrics(
    connection: Connection, *, condition_id: int, sample_filter: SampleFilter = EVERYTHING
) -> pl.DataFrame:
    """Mean angle, length and margin of the samples under every model.

    Returns:
        model_id, samples, correct, angle (degrees), length, margin; a mean is over the
        samples where the metric is defined, NULL where it is nowhere; by model_id.
    """
    rollup = """
        SELECT model_id, sum(sample_count)::BIGINT AS samples,
               sum(correct_count)::BIGINT AS correct,
               sum(angle_sum) / nullif(sum(angle_count), 0) AS angle,
               sum(length_sum) / nullif(sum(sample_count), 0) AS length,
               sum(margin_sum) / nullif(sum(margin_count), 0) AS margin
        FROM accuracy_rollup
        WHERE condition_id = $condition_id AND ($class_id IS NULL OR label = $class_id)
        GROUP BY model_id
        ORDER BY model_id
    """
    rows = f"""
        SELECT model_id, count(*) AS samples, count(*) FILTER (correct) AS correct,
               avg(angle::DOUBLE) AS angle, avg(length::DOUBLE) AS length,
               avg(margin::DOUBLE) AS margin
        FROM sample_metrics m
        WHERE condition_id = $condition_id{sample_filter.sql("m")}
        GROUP BY model_id
        ORDER BY model_id
    """
    values = {"condition_id": condition_id, **sample_filter.values()}
    return query(connection, rollup if sample_filter.where is None else rows, values)


def positions_under_models(
    connection: Connection,
    *,
    model_ids: Sequence[int],
    condition_id: int,
    sample_filter: SampleFilter = EVERYTHING,
    limit: int,
    seed: int = 0,
) -> pl.DataFrame:
    """The same samples under several models, at most `limit` of them, picked by the seed.

    Returns:
        model_id, sample_id, correct, angle (degrees), length, by model_id and sample_id;
        samples without an angle have no position and are left out.
    """
    sql = f"""
        WITH picked AS (
            SELECT s.sample_id
            FROM samples s
            WHERE true{sample_filter.sql("s")}
            QUALIFY row_number() OVER (ORDER BY hash(s.sample_id, $seed), s.sample_id) <= $limit
        )
        SELECT m.model_id, m.sample_id, m.correct, m.angle, m.length
        FROM sample_metrics m
        WHERE m.condition_id = $condition_id AND m.angle IS NOT NULL
          AND m.model_id IN (SELECT unnest($model_ids::USMALLINT[]))
          AND m.sample_id IN (SELECT sample_id FROM picked)
        ORDER BY m.model_id, m.sample_id
    """
    values = {
        "model_ids": list(model_ids),
        "condition_id": condition_id,
        "limit": limit,
        "seed": seed,
        **sample_filter.values(),
    }
    return query(connection, sql, values)


def ranges_of_models(
    connection: Connection, *, model_ids: Sequence[int], condition_id: int
) -> pl.DataFrame:
    """Smallest and largest value of each metric over all classes under some models.

    Returns:
        metric, low, high (NULL where it is defined nowhere), by metric.
    """
    sql = """
        SELECT metric, min(low) AS low, max(high) AS high
        FROM metric_range
        WHERE condition_id = $condition_id
          AND model_id IN (SELECT unnest($model_ids::USMALLINT[]))
        GROUP BY metric
        ORDER BY metric
    """
    values = {"model_ids": list(model_ids), "condition_id": condition_id}
    return query(connection, sql, values)


def times_correct(
    connection: Connection,
    *,
    reference: Key,
    model_ids: Sequence[int],
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """How many models get each sample right, beside its position under the reference.

    Args:
        connection: an open study.
        reference: model and condition of the position; the condition counts for all.
        model_ids: models to count.
        sample_filter: samples.

    Returns:
        sample_id, class, angle (degrees), length, margin, right (models), models, by
        sample_id; samples without an angle under the reference are left out.
    """
    sql = f"""
        WITH counted AS (
            SELECT m.sample_id, count(*) FILTER (m.correct) AS right, count(*) AS models
            FROM sample_metrics m
            WHERE m.condition_id = $condition_id
              AND m.model_id IN (SELECT unnest($model_ids::USMALLINT[])){sample_filter.sql("m")}
            GROUP BY m.sample_id
        )
        SELECT r.sample_id, c.name AS class, r.angle, r.length, r.margin,
               counted.right, counted.models
        FROM sample_metrics r
        JOIN counted USING (sample_id)
        JOIN classes c ON c.class_id = r.label
        WHERE {of_key("r")} AND r.angle IS NOT NULL
        ORDER BY r.sample_id
    """
    values = {
        **reference.values(),
        "model_ids": list(model_ids),
        **sample_filter.values(),
    }
    return query(connection, sql, values)


def answers_of_models(
    connection: Connection,
    *,
    model_ids: Sequence[int],
    condition_id: int,
    sample_ids: Sequence[int],
) -> pl.DataFrame:
    """What models say about some samples: model_id, sample_id, correct, predicted."""
    sql = """
        SELECT m.model_id, m.sample_id, m.correct, p.name AS predicted
        FROM sample_metrics m
        JOIN classes p ON p.class_id = m.prediction
        WHERE m.condition_id = $condition_id
          AND m.model_id IN (SELECT unnest($model_ids::USMALLINT[]))
          AND m.sample_id IN (SELECT unnest($sample_ids::INTEGER[]))
        ORDER BY m.model_id, m.sample_id
    """
    values = {
        "model_ids": list(model_ids),
        "condition_id": condition_id,
        "sample_ids": list(sample_ids),
    }
    return query(connection, sql, values)
