"""What models vote for: predictions with their confidence, and what probabilities follow from."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.metrics import METRICS
from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter


def votes(
    connection: Connection,
    *,
    model_ids: Sequence[int],
    condition_ids: Sequence[int],
    sample_filter: SampleFilter = EVERYTHING,
    with_angles: bool,
) -> pl.DataFrame:
    """Predictions of some models under some conditions.

    Returns:
        condition_id, model_id, sample_id, label, prediction, confidence, and where they are asked
        for length and angles (degrees to all classes), by condition, model and sample.
    """
    angles = ", m.length::DOUBLE AS length, m.angles" if with_angles else ""
    sql = f"""
        SELECT m.condition_id, m.model_id, m.sample_id, m.label, m.prediction,
               {METRICS["confidence"].sql("m")} AS confidence{angles}
        FROM sample_metrics m
        WHERE m.model_id IN (SELECT unnest($model_ids::USMALLINT[]))
          AND m.condition_id IN (SELECT unnest($condition_ids::USMALLINT[]))
          {sample_filter.sql("m")}
        ORDER BY m.condition_id, m.model_id, m.sample_id
    """
    values = {"model_ids": list(model_ids), "condition_ids": list(condition_ids)}
    return query(connection, sql, {**values, **sample_filter.values()})
