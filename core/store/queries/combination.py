"""Questions about where samples lie under one combination, some of them kept by their place.

As in `core.store.queries.study`, `chosen` says which samples they are about. Arithmetic is done in
DOUBLE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from core.store.connection import Connection, query
from core.store.queries.paired import METRICS, ends
from core.store.subsets.base import EVERYTHING, Chosen, SelectionError


@dataclass(frozen=True)
class Within:
    """The samples whose metrics lie in all of some closed ranges; all samples without any.

    Attributes:
        ranges: (a name of METRICS, low, high), None for no limit.
    """

    ranges: tuple[tuple[str, float | None, float | None], ...] = ()

    def sql(self, alias: str) -> str:
        """A condition on rows of `sample_metrics` called `alias`, never NULL."""
        sides = [
            f"{alias}.{_column(metric)}::DOUBLE {sign} $within_{metric}_{side}"
            for metric, low, high in self.ranges
            for side, sign, limit in (("low", ">=", low), ("high", "<=", high))
            if limit is not None
        ]
        return f"coalesce({' AND '.join(sides)}, false)" if sides else "true"

    def values(self) -> dict[str, object]:
        """The values that `sql` needs bound."""
        return {
            f"within_{metric}_{side}": limit
            for metric, low, high in self.ranges
            for side, limit in (("low", low), ("high", high))
            if limit is not None
        }


ANYWHERE = Within()


def _column(metric: str) -> str:
    if metric not in METRICS:
        raise SelectionError(f"expected a metric of {', '.join(METRICS)}, found {metric!r}.")
    return metric


def place_counts(
    connection: Connection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
    within: Within = ANYWHERE,
) -> pl.DataFrame:
    """Each class with chosen samples, by label.

    Returns:
        class, samples, correct, kept, kept_correct, with_angle, with_margin.
    """
    rollup = """
        SELECT c.name AS class, r.sample_count::BIGINT AS samples,
               r.correct_count::BIGINT AS correct, r.sample_count::BIGINT AS kept,
               r.correct_count::BIGINT AS kept_correct, r.angle_count::BIGINT AS with_angle,
               r.margin_count::BIGINT AS with_margin
        FROM accuracy_rollup r
        JOIN classes c ON c.class_id = r.label
        WHERE r.model_id = $model_id AND r.condition_id = $condition_id
          AND ($class_id IS NULL OR r.label = $class_id)
        ORDER BY r.label
    """
    rows = f"""
        WITH found AS (
            SELECT m.label, m.correct, m.angle, m.margin, {within.sql("m")} AS kept
            FROM sample_metrics m
            WHERE m.model_id = $model_id AND m.condition_id = $condition_id{chosen.sql("m")}
        )
        SELECT c.name AS class, count(*) AS samples, count(*) FILTER (correct) AS correct,
               count(*) FILTER (kept) AS kept,
               count(*) FILTER (kept AND correct) AS kept_correct,
               count(angle) AS with_angle, count(margin) AS with_margin
        FROM found
        JOIN classes c ON c.class_id = label
        GROUP BY label, c.name
        ORDER BY label
    """
    values = {"model_id": model_id, "condition_id": condition_id, **chosen.values()}
    sql = rollup if chosen.where is None and within == ANYWHERE else rows
    return query(connection, sql, {**values, **within.values()})


def place_points(
    connection: Connection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
    within: Within = ANYWHERE,
    limit: int,
    seed: int = 0,
) -> pl.DataFrame:
    """Samples to draw, at most `limit`, kept ones first; which of the rest is up to the seed.

    Returns:
        sample_id, class, predicted, correct, kept, confidence, angle (degrees), length,
        margin, by sample_id. Samples without an angle have no place and are left out.
    """
    sql = f"""
        SELECT s.sample_id, c.name AS class, p.name AS predicted, s.correct,
               {within.sql("s")} AS kept, s.confidence, s.angle, s.length, s.margin
        FROM sample_metrics s
        JOIN classes c ON c.class_id = s.label
        JOIN classes p ON p.class_id = s.prediction
        WHERE s.model_id = $model_id AND s.condition_id = $condition_id
          AND s.angle IS NOT NULL{chosen.sql("s")}
        QUALIFY row_number() OVER (ORDER BY kept DESC, hash(s.sample_id, $seed), s.sample_id)
                <= $limit
        ORDER BY s.sample_id
    """
    values = {"model_id": model_id, "condition_id": condition_id, "limit": limit, "seed": seed}
    return query(connection, sql, {**values, **chosen.values(), **within.values()})


def place_histograms(
    connection: Connection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
    within: Within = ANYWHERE,
    ranges: Mapping[str, tuple[float, float]],
    bins: int,
) -> pl.DataFrame:
    """Counts of angle, length and margin in equal bins, by class and correctness.

    Args:
        connection: an open study.
        model_id: model.
        condition_id: condition.
        chosen: samples.
        within: which of them are kept.
        ranges: low and high of each metric; values outside count in the outermost bins.
        bins: bins between low and high.

    Returns:
        class, metric, correct, bin (0-based), samples, kept, by label and the others; empty
        bins are absent.
    """
    sql = f"""
        WITH long AS (
            SELECT label, correct, {within.sql("m")} AS kept,
                   unnest(['angle', 'length', 'margin']) AS metric,
                   unnest([angle, length, margin])::DOUBLE AS value,
                   unnest([$angle_low, $length_low, $margin_low])::DOUBLE AS low,
                   unnest([$angle_high, $length_high, $margin_high])::DOUBLE AS high
            FROM sample_metrics m
            WHERE model_id = $model_id AND condition_id = $condition_id{chosen.sql("m")}
        ), counted AS (
            SELECT label, metric, correct,
                   greatest(0, least($bins - 1, floor((value - low) / (high - low) * $bins)))
                       ::INTEGER AS bin,
                   count(*) AS samples, count(*) FILTER (kept) AS kept
            FROM long
            WHERE value IS NOT NULL
            GROUP BY ALL
        )
        SELECT c.name AS class, metric, correct, bin, samples, kept
        FROM counted
        JOIN classes c ON c.class_id = label
        ORDER BY label, metric, correct, bin
    """
    values = {"model_id": model_id, "condition_id": condition_id, "bins": bins, **ends(ranges)}
    return query(connection, sql, {**values, **chosen.values(), **within.values()})


def lowest_margins(
    connection: Connection,
    *,
    model_id: int,
    condition_id: int,
    chosen: Chosen = EVERYTHING,
    within: Within = ANYWHERE,
    limit: int,
) -> pl.DataFrame:
    """The kept samples deepest on the wrong side, or nearest to it, by rising margin.

    Returns:
        sample_id, class, predicted, correct, margin, thumbnail (PNG bytes or NULL).
    """
    sql = f"""
        WITH lowest AS (
            SELECT m.sample_id, m.label, m.prediction, m.correct, m.margin
            FROM sample_metrics m
            WHERE m.model_id = $model_id AND m.condition_id = $condition_id
              AND m.margin IS NOT NULL AND {within.sql("m")}{chosen.sql("m")}
            ORDER BY m.margin, m.sample_id
            LIMIT $limit
        )
        SELECT sample_id, c.name AS class, p.name AS predicted, correct, margin, s.thumbnail
        FROM lowest
        JOIN samples s USING (sample_id)
        JOIN classes c ON c.class_id = lowest.label
        JOIN classes p ON p.class_id = prediction
        ORDER BY margin, sample_id
    """
    values = {"model_id": model_id, "condition_id": condition_id, "limit": limit}
    return query(connection, sql, {**values, **chosen.values(), **within.values()})
