"""What a combination breaks and fixes in each class."""

from __future__ import annotations

import polars as pl

from core.store.combination import of_key
from core.store.connection import Connection, query
from core.store.queries.paired import PairedSamples


def class_changes(connection: Connection, paired: PairedSamples) -> pl.DataFrame:
    """Each class with samples that pass the filter, under two combinations on the same images.

    Returns:
        class, samples, reference_correct, correct (of the compared), broken (reference right,
        compared wrong), fixed (the reverse), by label.
    """
    sql = f"""
        SELECT c.name AS class, count(*) AS samples,
               count(*) FILTER (r.correct) AS reference_correct,
               count(*) FILTER (m.correct) AS correct,
               count(*) FILTER (r.correct AND NOT m.correct) AS broken,
               count(*) FILTER (m.correct AND NOT r.correct) AS fixed
        FROM sample_metrics m
        JOIN sample_metrics r USING (sample_id)
        JOIN classes c ON c.class_id = m.label
        WHERE {of_key("m", "compared_")} AND {of_key("r", "reference_")}
              {paired.sample_filter.sql("m")}
        GROUP BY m.label, c.name
        ORDER BY m.label
    """
    return query(connection, sql, paired.values())
