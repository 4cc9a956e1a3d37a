"""Accuracy of every model under every condition, and what it breaks and fixes."""

from __future__ import annotations

import polars as pl

from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.queries.paired import PairedSamples
from core.store.subsets.base import EVERYTHING, SampleFilter

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
    SELECT string_agg(if(true{passes}, '1', '0'), '' ORDER BY s.sample_id)::BIT AS passing
    FROM samples s
)
"""

_SUBSET_ACCURACY_SQL = """
WITH {mask}
SELECT model_id, condition_id, coalesce(bit_count(bits & passing), 0)::BIGINT AS correct,
       bit_count(passing)::BIGINT AS samples
FROM correct_bits, mask
WHERE bit_count(passing) > 0
ORDER BY model_id, condition_id
"""


def accuracy_sql(sample_filter: SampleFilter = EVERYTHING) -> str:
    """The SQL of `accuracy`: one rollup answers for classes, another for any subset."""
    if sample_filter.where is None:
        return ACCURACY_SQL
    return _SUBSET_ACCURACY_SQL.format(mask=_mask(sample_filter))


def accuracy(connection: Connection, sample_filter: SampleFilter = EVERYTHING) -> pl.DataFrame:
    """Correct and all samples of each (model, condition): two ids, correct, samples."""
    return query(connection, accuracy_sql(sample_filter), sample_filter.values())


def paired_changes(
    connection: Connection,
    reference: Key,
    *,
    condition_id: int,
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """What each model under a condition breaks and fixes against a reference on the same images.

    Args:
        connection: an open study.
        reference: model and condition; the condition may be another one than the models'.
        condition_id: of the models that are compared.
        sample_filter: samples.

    Returns:
        model_id, samples, reference_correct, correct (of the model), broken (reference right,
        model wrong), fixed (the reverse); all models under the condition, by model_id; none
        where no sample passes the filter.
    """
    sql = f"""
        WITH {_mask(sample_filter)}, answers AS (
            SELECT model_id, condition_id, coalesce(bits, passing & ~passing) & passing AS bits
            FROM correct_bits, mask
        )
        SELECT m.model_id,
               bit_count(passing)::BIGINT AS samples,
               bit_count(r.bits)::BIGINT AS reference_correct,
               bit_count(m.bits)::BIGINT AS correct,
               bit_count(r.bits & ~m.bits)::BIGINT AS broken,
               bit_count(m.bits & ~r.bits)::BIGINT AS fixed
        FROM answers m, answers r, mask
        WHERE m.condition_id = $condition_id AND {of_key("r", "reference_")}
              AND bit_count(passing) > 0
        ORDER BY m.model_id
    """
    values = {**reference.values("reference_"), "condition_id": condition_id}
    return query(connection, sql, {**values, **sample_filter.values()})


def paired_counts(connection: Connection, paired: PairedSamples) -> pl.DataFrame:
    """The row of `paired_changes` of the compared model: one, or none without samples."""
    rows = paired_changes(
        connection,
        paired.reference,
        condition_id=paired.compared.condition_id,
        sample_filter=paired.sample_filter,
    )
    return rows.filter(pl.col("model_id") == paired.compared.model_id)


def _mask(sample_filter: SampleFilter) -> str:
    return _MASK_SQL.format(passes=sample_filter.sql("s")).strip()
