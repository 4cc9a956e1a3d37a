"""Questions about where samples lie under one combination, or two.

As in `core.store.queries.study`, `chosen` says which samples they are about. Arithmetic is done
in DOUBLE.
"""

from __future__ import annotations

import duckdb
import polars as pl

from core.store.connection import query
from core.store.subsets.base import EVERYTHING, Chosen


def metric_ranges(
    connection: duckdb.DuckDBPyConnection, *, model_id: int, condition_id: int
) -> pl.DataFrame:
    """Smallest and largest value of each metric over all classes: metric, low, high."""
    sql = """
        SELECT metric, low, high
        FROM metric_range
        WHERE model_id = $model_id AND condition_id = $condition_id
        ORDER BY metric
    """
    return query(connection, sql, {"model_id": model_id, "condition_id": condition_id})


def combination_counts(
    connection: duckdb.DuckDBPyConnection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
) -> pl.DataFrame:
    """One row: samples, correct, and how many have an angle and a margin."""
    rollup = """
        SELECT coalesce(sum(sample_count), 0)::BIGINT AS samples,
               coalesce(sum(correct_count), 0)::BIGINT AS correct,
               coalesce(sum(angle_count), 0)::BIGINT AS with_angle,
               coalesce(sum(margin_count), 0)::BIGINT AS with_margin
        FROM accuracy_rollup
        WHERE model_id = $model_id AND condition_id = $condition_id
          AND ($class_id IS NULL OR label = $class_id)
    """
    rows = f"""
        SELECT count(*) AS samples, count(*) FILTER (correct) AS correct,
               count(angle) AS with_angle, count(margin) AS with_margin
        FROM sample_metrics m
        WHERE model_id = $model_id AND condition_id = $condition_id{chosen.sql("m")}
    """
    values = {"model_id": model_id, "condition_id": condition_id, **chosen.values()}
    return query(connection, rollup if chosen.where is None else rows, values)


def broken_samples(
    connection: duckdb.DuckDBPyConnection,
    *,
    reference: tuple[int, int],
    compared: tuple[int, int],
    limit: int,
) -> pl.DataFrame:
    """Samples that the reference gets right and the compared gets wrong, surest first.

    Args:
        connection: an open study.
        reference: model_id and condition_id.
        compared: model_id and condition_id.
        limit: at most so many rows.

    Returns:
        sample_id, class, predicted (by the compared), reference_margin, confidence (of
        the compared in its wrong answer), thumbnail (PNG bytes or NULL), total (how many
        there are in all); by falling confidence.
    """
    sql = """
        SELECT c.sample_id, t.name AS class, p.name AS predicted,
               r.margin AS reference_margin, c.confidence, s.thumbnail,
               count(*) OVER () AS total
        FROM sample_metrics c
        JOIN sample_metrics r USING (sample_id)
        JOIN samples s USING (sample_id)
        JOIN classes t ON t.class_id = c.label
        JOIN classes p ON p.class_id = c.prediction
        WHERE c.model_id = $compared_model AND c.condition_id = $compared_condition
          AND r.model_id = $reference_model AND r.condition_id = $reference_condition
          AND r.correct AND NOT c.correct
        ORDER BY c.confidence DESC NULLS LAST, c.sample_id
        LIMIT $limit
    """
    values = {
        "reference_model": reference[0],
        "reference_condition": reference[1],
        "compared_model": compared[0],
        "compared_condition": compared[1],
        "limit": limit,
    }
    return query(connection, sql, values)
