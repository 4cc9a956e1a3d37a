"""What a study holds: its own row, models, conditions, classes, samples."""

from __future__ import annotations

import polars as pl

from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter


def study(connection: Connection) -> pl.DataFrame:
    """The row of the table `study`, with how many rows the study holds.

    `rows` are (model, condition, sample) rows, counted from the rollup.
    """
    sql = """
        SELECT study.*,
               (SELECT count(*) FROM samples) AS samples,
               (SELECT coalesce(sum(sample_count), 0)::BIGINT FROM accuracy_rollup) AS rows
        FROM study
    """
    return query(connection, sql)


def models(connection: Connection) -> pl.DataFrame:
    """All models with what they do on clean images, in publishing order.

    `series` is the short label. `clean_correct`, `clean_samples`, `degenerate` (one class takes
    too many of the predictions) and `most_frequent_share` (what it takes) are about the clean
    condition, and NULL where the study has none.
    """
    sql = """
        WITH clean AS (
            SELECT model_id, sum(correct_count)::BIGINT AS clean_correct,
                   sum(sample_count)::BIGINT AS clean_samples
            FROM accuracy_rollup JOIN conditions USING (condition_id)
            WHERE severity = 0
            GROUP BY model_id
        )
        SELECT models.* EXCLUDE (details, series, series_label), series_label AS series,
               clean_correct, clean_samples, degenerate, share AS most_frequent_share
        FROM models LEFT JOIN clean USING (model_id)
        LEFT JOIN (
            SELECT model_id, degenerate, share
            FROM most_frequent_prediction JOIN conditions USING (condition_id)
            WHERE severity = 0
        ) USING (model_id)
        ORDER BY model_id
    """
    return query(connection, sql)


def conditions(connection: Connection) -> pl.DataFrame:
    """All conditions, clean first, then by category, corruption and severity."""
    return query(connection, "SELECT * FROM conditions ORDER BY condition_id")


def classes(connection: Connection) -> pl.DataFrame:
    """All classes in label order: class_id, name, samples."""
    sql = """
        SELECT class_id, name, count(sample_id) AS samples
        FROM classes LEFT JOIN samples ON label = class_id
        GROUP BY class_id, name
        ORDER BY class_id
    """
    return query(connection, sql)


def sample_count(connection: Connection, sample_filter: SampleFilter = EVERYTHING) -> int:
    """How many samples pass the filter."""
    sql = f"SELECT count(*) AS samples FROM samples s WHERE true{sample_filter.sql('s')}"
    return int(query(connection, sql, sample_filter.values()).item())


def sample_ids(connection: Connection, *, sample_filter: SampleFilter = EVERYTHING) -> pl.DataFrame:
    """Ids of the samples that pass the filter, rising: sample_id."""
    sql = f"""
        SELECT s.sample_id FROM samples s WHERE true{sample_filter.sql("s")} ORDER BY s.sample_id
    """
    return query(connection, sql, sample_filter.values())


def columns(connection: Connection) -> pl.DataFrame:
    """table_name, column_name and data_type of everything that can be asked, in file order."""
    sql = """
        SELECT table_name, column_name, data_type
        FROM duckdb_columns()
        WHERE NOT internal
        ORDER BY table_name, column_index
    """
    return query(connection, sql)
