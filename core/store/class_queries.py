"""Questions about each class under one combination, all classes at once."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.store.comparison_queries import METRICS
from core.store.database import Connection, query
from core.store.subset import EVERYTHING, Chosen


def class_counts(
    connection: Connection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
) -> pl.DataFrame:
    """Each class with chosen samples: label, class, samples, correct, with_angle, with_margin."""
    rollup = """
        SELECT r.label, c.name AS class, r.sample_count::BIGINT AS samples,
               r.correct_count::BIGINT AS correct, r.angle_count::BIGINT AS with_angle,
               r.margin_count::BIGINT AS with_margin
        FROM accuracy_rollup r
        JOIN classes c ON c.class_id = r.label
        WHERE r.model_id = $model_id AND r.condition_id = $condition_id
          AND ($class_id IS NULL OR r.label = $class_id)
        ORDER BY r.label
    """
    rows = f"""
        SELECT m.label, c.name AS class, count(*) AS samples,
               count(*) FILTER (m.correct) AS correct, count(m.angle) AS with_angle,
               count(m.margin) AS with_margin
        FROM sample_metrics m
        JOIN classes c ON c.class_id = m.label
        WHERE m.model_id = $model_id AND m.condition_id = $condition_id{chosen.sql("m")}
        GROUP BY m.label, c.name
        ORDER BY m.label
    """
    values = {"model_id": model_id, "condition_id": condition_id, **chosen.values()}
    return query(connection, rollup if chosen.where is None else rows, values)


def class_histograms(
    connection: Connection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
    ranges: dict[str, tuple[float, float]],
    bins: int,
) -> pl.DataFrame:
    """Counts of angle, length and margin in equal bins, by class and correctness.

    Args:
        connection: an open study.
        model_id: model.
        condition_id: condition.
        chosen: samples.
        ranges: low and high of each of the three metrics; values outside count in the
            outermost bins.
        bins: bins between low and high.

    Returns:
        class, metric, correct, bin (0-based), samples; empty bins are absent.
    """
    sql = f"""
        WITH long AS (
            SELECT label, correct, unnest(['angle', 'length', 'margin']) AS metric,
                   unnest([angle, length, margin])::DOUBLE AS value,
                   unnest([$angle_low, $length_low, $margin_low])::DOUBLE AS low,
                   unnest([$angle_high, $length_high, $margin_high])::DOUBLE AS high
            FROM sample_metrics m
            WHERE model_id = $model_id AND condition_id = $condition_id{chosen.sql("m")}
        ), counted AS (
            SELECT label, metric, correct,
                   greatest(0, least($bins - 1, floor((value - low) / (high - low) * $bins)))
                       ::INTEGER AS bin,
                   count(*) AS samples
            FROM long
            WHERE value IS NOT NULL
            GROUP BY ALL
        )
        SELECT c.name AS class, metric, correct, bin, samples
        FROM counted
        JOIN classes c ON c.class_id = label
        ORDER BY label, metric, correct, bin
    """
    values: dict[str, object] = {"model_id": model_id, "condition_id": condition_id, "bins": bins}
    for metric in METRICS:
        values[f"{metric}_low"], values[f"{metric}_high"] = ranges[metric]
    return query(connection, sql, {**values, **chosen.values()})


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
    for metric in ("angle", "length"):
        values[f"{metric}_low"], values[f"{metric}_high"] = ranges[metric]
    return query(connection, sql, {**values, **chosen.values()})
