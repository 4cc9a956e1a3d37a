"""Occlusion maps: where in its image a sample's metrics come from."""

from __future__ import annotations

import polars as pl

from core.store.combination import Key, of_key
from core.store.connection import Connection, query


def attribution_maps(connection: Connection, key: Key, sample_id: int) -> pl.DataFrame:
    """The maps of a sample under one combination.

    Returns:
        metric, window_side and stride (pixels), width (cells in a row), cells (list, row by row,
        NULL where the metric is undefined), by metric; no row where none were made.
    """
    sql = f"""
        SELECT metric, window_side, stride, width, cells
        FROM attribution a
        WHERE {of_key("a")} AND sample_id = $sample_id
        ORDER BY metric
    """
    return query(connection, sql, {**key.values(), "sample_id": sample_id})
