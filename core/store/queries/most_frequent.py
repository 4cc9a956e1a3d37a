"""Which models predict one class too often under a condition (degenerate models)."""

from __future__ import annotations

import polars as pl

from core.store.connection import Connection, query


def most_frequent_predictions(connection: Connection, condition_id: int) -> pl.DataFrame:
    """The class that each model predicts most often under a condition, by model_id.

    Returns:
        model_id, prediction (the class's name, the first of equals), share (of all samples),
        degenerate_above (a larger share is too large), degenerate.
    """
    sql = """
        SELECT f.model_id, c.name AS prediction, f.share, f.degenerate_above, f.degenerate
        FROM most_frequent_prediction f
        JOIN classes c ON c.class_id = f.prediction
        WHERE f.condition_id = $condition_id
        ORDER BY f.model_id
    """
    return query(connection, sql, {"condition_id": condition_id})
