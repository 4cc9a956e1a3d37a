"""Neural collapse of every model on clean images."""

from __future__ import annotations

import polars as pl

from core.store.connection import Connection, query


def neural_collapse(connection: Connection) -> pl.DataFrame:
    """How far the features of each model have shrunk to their class means on clean images.

    Returns:
        model_id, samples, nc1, nc1_pinv, nc2_norms, nc2_cosines, nc3, nc4 (NULL where undefined),
        by model_id; no rows where it was not measured.
    """
    sql = """
        SELECT model_id, samples, nc1, nc1_pinv, nc2_norms, nc2_cosines, nc3, nc4
        FROM neural_collapse
        JOIN conditions USING (condition_id)
        WHERE severity = 0
        ORDER BY model_id
    """
    return query(connection, sql)
