"""What models predict, whatever is true: how often each class, and which class most often."""

from __future__ import annotations

import polars as pl

from core.store.connection import Connection, query


def most_frequent_predictions(connection: Connection) -> pl.DataFrame:
    """The class that each model predicts most often under each condition.

    Returns:
        model_id, condition_id, predicted (class name), share (of all samples), degenerate_above,
        degenerate, by model_id and condition_id.
    """
    sql = """
        SELECT model_id, condition_id, name AS predicted, share, degenerate_above, degenerate
        FROM most_frequent_prediction JOIN classes ON class_id = prediction
        ORDER BY model_id, condition_id
    """
    return query(connection, sql)


def predicted_counts(connection: Connection, *, class_id: int) -> pl.DataFrame:
    """How often one class is predicted: model_id, condition_id, predicted, by both ids.

    Models that never predict it have no row.
    """
    sql = """
        SELECT model_id, condition_id, sample_count AS predicted
        FROM prediction_rollup
        WHERE prediction = $class_id
        ORDER BY model_id, condition_id
    """
    return query(connection, sql, {"class_id": class_id})
