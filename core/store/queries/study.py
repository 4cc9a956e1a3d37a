"""Questions about one study, each a typed function around one SQL text.

All take a connection from `core.store.connection.connect` and return a frame in a fixed
order. `chosen` says which samples they are about.
"""

from __future__ import annotations

import duckdb
import polars as pl

from core.store.connection import query
from core.store.subsets.base import EVERYTHING, Chosen


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

# `correct_bits` has one bit a sample in the order of sample_id; so has this mask.
_MASK_SQL = """
mask AS MATERIALIZED (
    SELECT string_agg(if(true{chosen}, '1', '0'), '' ORDER BY s.sample_id)::BIT AS chosen
    FROM samples s
)
"""

_SUBSET_ACCURACY_SQL = """
WITH {mask}
SELECT model_id, condition_id, coalesce(bit_count(bits & chosen), 0)::BIGINT AS correct,
       bit_count(chosen)::BIGINT AS samples
FROM correct_bits, mask
WHERE bit_count(chosen) > 0
ORDER BY model_id, condition_id
"""


def accuracy_sql(chosen: Chosen = EVERYTHING) -> str:
    """The SQL of `accuracy`: one rollup answers for classes, another for any subset."""
    if chosen.where is None:
        return ACCURACY_SQL
    return _SUBSET_ACCURACY_SQL.format(mask=_mask(chosen))


def accuracy(connection: duckdb.DuckDBPyConnection, chosen: Chosen = EVERYTHING) -> pl.DataFrame:
    """Correct and all samples of each (model, condition): two ids, correct, samples."""
    return query(connection, accuracy_sql(chosen), chosen.values())


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
        models under the condition, by model_id; none where no sample is chosen.
    """
    sql = f"""
        WITH {_mask(chosen)}, answers AS (
            SELECT model_id, coalesce(bits, chosen & ~chosen) AS bits
            FROM correct_bits, mask WHERE condition_id = $condition_id
        )
        SELECT m.model_id,
               bit_count(r.bits & ~m.bits & chosen)::BIGINT AS broken,
               bit_count(m.bits & ~r.bits & chosen)::BIGINT AS fixed,
               bit_count(chosen)::BIGINT AS samples
        FROM answers m, answers r, mask
        WHERE r.model_id = $reference_model_id AND bit_count(chosen) > 0
        ORDER BY m.model_id
    """
    values = {"reference_model_id": reference_model_id, "condition_id": condition_id}
    return query(connection, sql, {**values, **chosen.values()})


def _mask(chosen: Chosen) -> str:
    return _MASK_SQL.format(chosen=chosen.sql("s")).strip()


def sample_count(connection: duckdb.DuckDBPyConnection, chosen: Chosen = EVERYTHING) -> int:
    """How many samples are chosen."""
    sql = f"SELECT count(*) AS samples FROM samples s WHERE true{chosen.sql('s')}"
    return int(query(connection, sql, chosen.values()).item())
