"""How angle and length act on the prediction, over a grid of both (paper, figure 2)."""

from __future__ import annotations

import polars as pl

from core.metrics import METRICS
from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.queries.binning import Ends, bin_of, end_values
from core.store.subsets.base import EVERYTHING, SampleFilter


def prediction_map(
    connection: Connection,
    key: Key,
    *,
    sample_filter: SampleFilter = EVERYTHING,
    ranges: Ends,
    bins: int,
) -> pl.DataFrame:
    """Share correct and mean confidence by angle and length.

    Args:
        connection: an open study.
        key: model and condition.
        sample_filter: samples.
        ranges: low and high of angle and length.
        bins: cells along each side.

    Returns:
        angle_bin and length_bin (0-based), samples, right (share predicted right),
        confidence (mean probability of the prediction); empty cells are absent.
    """
    angle, length = (METRICS[name].sql("m") for name in ("angle", "length"))
    sql = f"""
        SELECT {bin_of(angle, "$angle_low", "$angle_high")} AS angle_bin,
               {bin_of(length, "$length_low", "$length_high")} AS length_bin,
               count(*) AS samples, avg(correct::INTEGER) AS right,
               avg(confidence::DOUBLE) AS confidence
        FROM sample_metrics m
        WHERE {of_key("m")} AND angle IS NOT NULL{sample_filter.sql("m")}
        GROUP BY ALL
        ORDER BY angle_bin, length_bin
    """
    ends = end_values({metric: ranges[metric] for metric in ("angle", "length")})
    return query(connection, sql, {**key.values(), "bins": bins, **ends, **sample_filter.values()})
