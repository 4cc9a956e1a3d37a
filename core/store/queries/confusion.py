"""Confusion between classes, and how each class's accuracy changes."""

from __future__ import annotations

import polars as pl

from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter


def confusion(
    connection: Connection, key: Key, *, sample_filter: SampleFilter = EVERYTHING
) -> pl.DataFrame:
    """How often samples of one class are predicted as another: label, prediction, samples."""
    sql = f"""
        SELECT label, prediction, count(*) AS samples
        FROM sample_metrics m
        WHERE {of_key("m")}{sample_filter.sql("m")}
        GROUP BY label, prediction
        ORDER BY label, prediction
    """
    return query(connection, sql, {**key.values(), **sample_filter.values()})


def class_accuracy_change(connection: Connection, *, reference: Key, compared: Key) -> pl.DataFrame:
    """Accuracy of every class under two combinations, over all its samples.

    Returns:
        class_id, samples, reference, compared (fractions right); by class_id.
    """
    sql = f"""
        SELECT r.label AS class_id, r.sample_count AS samples,
               r.correct_count / r.sample_count AS reference,
               c.correct_count / c.sample_count AS compared
        FROM accuracy_rollup r
        JOIN accuracy_rollup c USING (label)
        WHERE {of_key("r", "reference_")} AND {of_key("c", "compared_")}
        ORDER BY class_id
    """
    return query(
        connection, sql, {**reference.values("reference_"), **compared.values("compared_")}
    )
