"""The stored images of samples."""

from __future__ import annotations

import polars as pl

from core.store.connection import Connection, query


def sample_images(connection: Connection, condition_id: int, sample_id: int) -> pl.DataFrame:
    """What is stored of one sample: clean, corrupted (PNG bytes or NULL); no row without it."""
    sql = """
        SELECT s.thumbnail AS clean, c.image AS corrupted
        FROM samples s
        LEFT JOIN corrupted_images c
          ON c.sample_id = s.sample_id AND c.condition_id = $condition_id
        WHERE s.sample_id = $sample_id
    """
    return query(connection, sql, {"condition_id": condition_id, "sample_id": sample_id})


def with_corrupted_image(connection: Connection, condition_id: int) -> pl.DataFrame:
    """The samples whose image under a condition is stored: sample_id, rising."""
    sql = """
        SELECT sample_id FROM corrupted_images
        WHERE condition_id = $condition_id
        ORDER BY sample_id
    """
    return query(connection, sql, {"condition_id": condition_id})
