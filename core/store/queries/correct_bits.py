"""Which samples models get right, bit by bit."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter


def correct_samples(
    connection: Connection, *, model_ids: Sequence[int], condition_ids: Sequence[int]
) -> pl.DataFrame:
    """Which samples each model gets right under each condition.

    Returns:
        model_id, condition_id, correct: bytes that hold a bit a sample in the order of sample_id,
        the last sample in the lowest bit of the last byte, NULL where none is right; pairs that
        the study lacks have no row.
    """
    sql = """
        SELECT model_id, condition_id, bits::BLOB AS correct
        FROM correct_bits
        WHERE model_id IN (SELECT unnest($model_ids::USMALLINT[]))
          AND condition_id IN (SELECT unnest($condition_ids::USMALLINT[]))
        ORDER BY model_id, condition_id
    """
    values = {"model_ids": list(model_ids), "condition_ids": list(condition_ids)}
    return query(connection, sql, values)


def passing_samples(connection: Connection, sample_filter: SampleFilter = EVERYTHING) -> str:
    """Which samples pass a filter: a text of 0 and 1 in the order of sample_id."""
    sql = f"""
        SELECT coalesce(string_agg(
            if(true{sample_filter.sql("s")}, '1', '0'), '' ORDER BY s.sample_id), '') AS passing
        FROM samples s
    """
    return str(query(connection, sql, sample_filter.values()).item())


def true_classes(connection: Connection) -> pl.DataFrame:
    """The true class of each sample in the order of sample_id: class_id."""
    return query(connection, "SELECT label AS class_id FROM samples ORDER BY sample_id")


def changes_between_models(
    connection: Connection,
    *,
    first_ids: Sequence[int],
    second_ids: Sequence[int],
    condition_ids: Sequence[int],
) -> pl.DataFrame:
    """What the second of two models breaks and fixes, for many pairs, each under a condition.

    Args:
        connection: an open study.
        first_ids: first model of each pair.
        second_ids: second model of each pair.
        condition_ids: condition of each pair.

    Returns:
        pair (its number, 0-based), broken (first right, second wrong), fixed (the reverse), by
        pair.
    """
    sql = """
        WITH pairs AS (
            SELECT unnest(range(len($first_ids))) AS pair,
                   unnest($first_ids::USMALLINT[]) AS first_id,
                   unnest($second_ids::USMALLINT[]) AS second_id,
                   unnest($condition_ids::USMALLINT[]) AS condition_id
        )
        SELECT p.pair,
               coalesce(bit_count(f.bits), 0) - coalesce(bit_count(f.bits & s.bits), 0) AS broken,
               coalesce(bit_count(s.bits), 0) - coalesce(bit_count(f.bits & s.bits), 0) AS fixed
        FROM pairs p
        JOIN correct_bits f ON f.model_id = p.first_id AND f.condition_id = p.condition_id
        JOIN correct_bits s ON s.model_id = p.second_id AND s.condition_id = p.condition_id
        ORDER BY p.pair
    """
    values = {
        "first_ids": list(first_ids),
        "second_ids": list(second_ids),
        "condition_ids": list(condition_ids),
    }
    return query(connection, sql, values)
