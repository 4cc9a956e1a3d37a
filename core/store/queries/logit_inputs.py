"""Lengths and angles of the samples that one of two combinations gets wrong."""

from __future__ import annotations

import polars as pl

from core.store.combination import of_key
from core.store.connection import Connection, query
from core.store.queries.paired import PairedSamples


def flipped_samples(connection: Connection, paired: PairedSamples) -> pl.DataFrame:
    """The samples that one of two combinations gets right and the other wrong.

    Returns:
        sample_id, label, broken (right under the reference, wrong under the compared; else the
        reverse), reference_ and compared_ length and angles (degrees to every class, NULL for a
        zero feature), nearest_only (the study stores the nearest directions only, so that the
        angles are not those of all classes), by sample_id.
    """
    sides = ", ".join(
        f"{alias}.length::DOUBLE AS {role}_length, {alias}.angles::DOUBLE[] AS {role}_angles"
        for role, alias in (("reference", "r"), ("compared", "m"))
    )
    sql = f"""
        SELECT m.sample_id, m.label, r.correct AS broken, {sides},
               m.angle_classes IS NOT NULL OR r.angle_classes IS NOT NULL AS nearest_only
        FROM sample_metrics m
        JOIN sample_metrics r USING (sample_id)
        WHERE {of_key("m", "compared_")} AND {of_key("r", "reference_")}
          AND m.correct <> r.correct{paired.sample_filter.sql("m")}
        ORDER BY m.sample_id
    """
    return query(connection, sql, paired.values())
