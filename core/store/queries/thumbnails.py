"""The images of samples, and how angle and length act on the prediction."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.store.connection import Connection, query
from core.store.queries.paired import ends
from core.store.subsets.base import EVERYTHING, Chosen


def thumbnails(connection: Connection, sample_ids: Sequence[int]) -> pl.DataFrame:
    """The images of some samples: sample_id, thumbnail (PNG bytes or NULL), by sample_id."""
    sql = """
        SELECT sample_id, thumbnail
        FROM samples
        WHERE sample_id IN (SELECT unnest($sample_ids::INTEGER[]))
        ORDER BY sample_id
    """
    return query(connection, sql, {"sample_ids": list(sample_ids)})


def prediction_map(
    connection: Connection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
    ranges: dict[str, tuple[float, float]],
    bins: int,
) -> pl.DataFrame:
    """How angle and length act on the prediction, over a grid of both (paper, figure 2).

    Args:
        connection: an open study.
        model_id: model.
        condition_id: condition.
        chosen: samples.
        ranges: low and high of angle and length.
        bins: cells along each side.

    Returns:
        angle_bin and length_bin (0-based), samples, right (share predicted right),
        confidence (mean probability of the prediction); empty cells are absent.
    """
    sql = f"""
        SELECT greatest(0, least($bins - 1, floor(
                   (angle::DOUBLE - $angle_low) / ($angle_high - $angle_low) * $bins)))::INTEGER
                   AS angle_bin,
               greatest(0, least($bins - 1, floor(
                   (length::DOUBLE - $length_low) / ($length_high - $length_low) * $bins)))::INTEGER
                   AS length_bin,
               count(*) AS samples, avg(correct::INTEGER) AS right,
               avg(confidence::DOUBLE) AS confidence
        FROM sample_metrics m
        WHERE model_id = $model_id AND condition_id = $condition_id
          AND angle IS NOT NULL{chosen.sql("m")}
        GROUP BY ALL
        ORDER BY angle_bin, length_bin
    """
    values: dict[str, object] = {"model_id": model_id, "condition_id": condition_id, "bins": bins}
    values |= ends({metric: ranges[metric] for metric in ("angle", "length")})
    return query(connection, sql, {**values, **chosen.values()})
