"""The stored images of samples."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.store.connection import Connection, query


def thumbnails(connection: Connection, sample_ids: Sequence[int]) -> pl.DataFrame:
    """The images of some samples: sample_id, thumbnail (PNG bytes or NULL), by sample_id."""
    sql = """
        SELECT sample_id, thumbnail
        FROM samples
        WHERE sample_id IN (SELECT unnest($sample_ids::INTEGER[]))
        ORDER BY sample_id
    """
    return query(connection, sql, {"sample_ids": list(sample_ids)})
