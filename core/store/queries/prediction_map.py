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


def nearest_directions(
    connection: Connection, key: Key, *, sample_filter: SampleFilter = EVERYTHING
) -> pl.DataFrame:
    """How often the nearest class direction is not the prediction, and what can make it so.

    Equally near directions are all nearest. Samples without angles (zero features) don't count.

    Returns:
        One row: samples (with angles), differing (of these, the prediction's direction is not the
        nearest), norm_low and norm_high, bias_low and bias_high (over the classes of the model's
        last layer; NULL where the study has none).
    """
    sql = f"""
        WITH directions AS (
            SELECT list_min(m.angles::FLOAT[]) AS nearest,
                   if(m.angle_classes IS NULL, m.angles[m.prediction + 1],
                      m.angles[list_position(m.angle_classes::USMALLINT[], m.prediction)])
                   AS predicted
            FROM sample_metrics m
            WHERE {of_key("m")}{sample_filter.sql("m")}
        ),
        counted AS (
            SELECT count(*) AS samples,
                   count(*) FILTER (coalesce(predicted > nearest, true)) AS differing
            FROM directions
            WHERE nearest IS NOT NULL
        ),
        last_layer AS (
            SELECT min(weight_norm) AS norm_low, max(weight_norm) AS norm_high,
                   min(bias) AS bias_low, max(bias) AS bias_high
            FROM classifier
            WHERE model_id = $model_id
        )
        SELECT * FROM counted, last_layer
    """
    return query(connection, sql, {**key.values(), **sample_filter.values()})
