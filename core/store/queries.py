"""Questions about one study, each a typed function around one SQL text.

All take a connection from `core.store.database.connect` and return a frame in a fixed
order. `chosen` says which samples they are about.
"""

from __future__ import annotations

import duckdb
import polars as pl

from core.store.database import query
from core.store.subset import EVERYTHING, Chosen


def study(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
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


def models(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """All models with their accuracy on clean images, in publishing order.

    `clean_correct` and `clean_samples` are NULL where the study has no clean condition.
    """
    sql = """
        WITH clean AS (
            SELECT model_id, sum(correct_count)::BIGINT AS clean_correct,
                   sum(sample_count)::BIGINT AS clean_samples
            FROM accuracy_rollup JOIN conditions USING (condition_id)
            WHERE severity = 0
            GROUP BY model_id
        )
        SELECT models.* EXCLUDE (details), clean_correct, clean_samples
        FROM models LEFT JOIN clean USING (model_id)
        ORDER BY model_id
    """
    return query(connection, sql)


def conditions(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """All conditions, clean first, then by category, corruption and severity."""
    return query(connection, "SELECT * FROM conditions ORDER BY condition_id")


def classes(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """All classes in label order: class_id, name, samples."""
    sql = """
        SELECT class_id, name, count(sample_id) AS samples
        FROM classes LEFT JOIN samples ON label = class_id
        GROUP BY class_id, name
        ORDER BY class_id
    """
    return query(connection, sql)


ACCURACY_SQL = """
SELECT model_id, condition_id, sum(correct_count)::BIGINT AS correct,
       sum(sample_count)::BIGINT AS samples
FROM accuracy_rollup
WHERE $class_id IS NULL OR label = $class_id
GROUP BY model_id, condition_id
ORDER BY model_id, condition_id
"""

SUBSET_ACCURACY_SQL = """
WITH chosen AS MATERIALIZED (SELECT s.sample_id FROM samples s WHERE true{chosen})
SELECT model_id, condition_id, count(*) FILTER (correct) AS correct, count(*) AS samples
FROM sample_metrics SEMI JOIN chosen USING (sample_id)
GROUP BY model_id, condition_id
ORDER BY model_id, condition_id
"""


def accuracy_sql(chosen: Chosen = EVERYTHING) -> str:
    """The SQL of `accuracy`: the rollup answers for classes, the rows for a subset."""
    if chosen.where is None:
        return ACCURACY_SQL
    return SUBSET_ACCURACY_SQL.format(chosen=chosen.sql("s"))


def accuracy(connection: duckdb.DuckDBPyConnection, chosen: Chosen = EVERYTHING) -> pl.DataFrame:
    """Correct and all samples of each (model, condition): two ids, correct, samples."""
    return query(connection, accuracy_sql(chosen), chosen.values())


def robustness(connection: duckdb.DuckDBPyConnection, chosen: Chosen = EVERYTHING) -> pl.DataFrame:
    """Mean over samples of the share of their corrupted versions that a model gets right.

    Equation 6 of the paper, as a mean. Columns: model_id, robustness (NULL without
    corrupted versions), samples; by model_id.
    """
    sql = f"""
        SELECT model_id, avg(correct_count / nullif(corrupted_count, 0)) AS robustness,
               count(*) AS samples
        FROM robustness_rollup r
        WHERE true{chosen.sql("r")}
        GROUP BY model_id
        ORDER BY model_id
    """
    return query(connection, sql, chosen.values())


def paired_changes(
    connection: duckdb.DuckDBPyConnection,
    *,
    reference_model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
) -> pl.DataFrame:
    """What each model breaks and fixes against the reference on the same images.

    Returns:
        model_id, broken (reference right, model wrong), fixed (the reverse), samples; all
        models under the condition, by model_id.
    """
    sql = f"""
        SELECT m.model_id,
               count(*) FILTER (r.correct AND NOT m.correct) AS broken,
               count(*) FILTER (NOT r.correct AND m.correct) AS fixed,
               count(*) AS samples
        FROM sample_metrics m
        JOIN sample_metrics r USING (sample_id)
        WHERE m.condition_id = $condition_id AND r.condition_id = $condition_id
          AND r.model_id = $reference_model_id{chosen.sql("m")}
        GROUP BY m.model_id
        ORDER BY m.model_id
    """
    values = {"reference_model_id": reference_model_id, "condition_id": condition_id}
    return query(connection, sql, {**values, **chosen.values()})


def sample_count(connection: duckdb.DuckDBPyConnection, chosen: Chosen = EVERYTHING) -> int:
    """How many samples are chosen."""
    sql = f"SELECT count(*) AS samples FROM samples s WHERE true{chosen.sql('s')}"
    return int(query(connection, sql, chosen.values()).item())
