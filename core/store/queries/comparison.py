"""Questions about the same samples under two combinations (paper 6.2, figure 4 part 4).

They are put to the table `pairs` in memory. Metrics that are undefined under one of the two
have no difference: such samples are counted, but have no place and no bin.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from core.store.connection import Connection, query
from core.store.queries.paired import ALL, METRICS, VALUES, Kept, ends


def comparison_counts(pairs: Connection, kept: Kept = ALL) -> pl.DataFrame:
    """Samples by what the comparison does to them.

    Returns:
        outcome, samples, kept, without_place (no angle under one of the two), and
        without_margin; absent outcomes have no row.
    """
    sql = f"""
        SELECT outcome, count(*) AS samples, count(*) FILTER ({kept.sql()}) AS kept,
               count(*) - count(compared_angle - reference_angle) AS without_place,
               count(*) - count(compared_margin - reference_margin) AS without_margin
        FROM pairs
        GROUP BY outcome
        ORDER BY outcome
    """
    return query(pairs, sql, kept.values())


def comparison_histograms(
    pairs: Connection,
    kept: Kept = ALL,
    *,
    ranges: Mapping[str, tuple[float, float]],
    bins: int,
) -> pl.DataFrame:
    """Counts of each metric in equal bins under both combinations.

    Args:
        pairs: as `pair_table` makes it.
        kept: which of them are kept.
        ranges: low and high of each metric; values outside count in the outermost bins.
        bins: bins between low and high.

    Returns:
        role (`reference` or `compared`), metric, bin (0-based), samples, kept; empty bins
        are absent.
    """
    sql = f"""
        WITH long AS (
            SELECT {kept.sql()} AS kept, unnest({_texts(METRICS * 2)}) AS metric,
                   unnest({_texts(["reference"] * 3 + ["compared"] * 3)}) AS role,
                   unnest([{_columns("reference")}, {_columns("compared")}]) AS value,
                   unnest([{_bounds("low")}, {_bounds("low")}])::DOUBLE AS low,
                   unnest([{_bounds("high")}, {_bounds("high")}])::DOUBLE AS high
            FROM pairs
        )
        SELECT role, metric,
               greatest(0, least($bins - 1, floor((value - low) / (high - low) * $bins)))::INTEGER
                   AS bin,
               count(*) AS samples, count(*) FILTER (kept) AS kept
        FROM long
        WHERE value IS NOT NULL
        GROUP BY ALL
        ORDER BY role, metric, bin
    """
    return query(pairs, sql, {**kept.values(), **ends(ranges), "bins": bins})


def difference_ranges(pairs: Connection) -> pl.DataFrame:
    """Smallest and largest change of each metric: metric, low, high (NULL without any)."""
    sql = f"""
        WITH long AS (
            SELECT unnest({_texts(METRICS)}) AS metric, unnest([{_CHANGES}]) AS value FROM pairs
        )
        SELECT metric, min(value) AS low, max(value) AS high
        FROM long
        GROUP BY metric
        ORDER BY metric
    """
    return query(pairs, sql)


def difference_histograms(
    pairs: Connection,
    kept: Kept = ALL,
    *,
    ranges: Mapping[str, tuple[float, float]],
    bins: int,
) -> pl.DataFrame:
    """Counts of the changes, compared minus reference, in equal bins.

    Args:
        pairs: as `pair_table` makes it.
        kept: which of them are kept.
        ranges: low and high change of each metric.
        bins: bins between low and high.

    Returns:
        metric, bin (0-based), samples, kept, total and kept_total (sums of the changes in
        the bin); empty bins are absent.
    """
    sql = f"""
        WITH long AS (
            SELECT {kept.sql()} AS kept, unnest({_texts(METRICS)}) AS metric,
                   unnest([{_CHANGES}]) AS value,
                   unnest([{_bounds("low")}])::DOUBLE AS low,
                   unnest([{_bounds("high")}])::DOUBLE AS high
            FROM pairs
        )
        SELECT metric,
               greatest(0, least($bins - 1, floor((value - low) / (high - low) * $bins)))::INTEGER
                   AS bin,
               count(*) AS samples, count(*) FILTER (kept) AS kept,
               sum(value) AS total, coalesce(sum(value) FILTER (kept), 0) AS kept_total
        FROM long
        WHERE value IS NOT NULL
        GROUP BY ALL
        ORDER BY metric, bin
    """
    return query(pairs, sql, {**kept.values(), **ends(ranges), "bins": bins})


def comparison_points(
    pairs: Connection, kept: Kept = ALL, *, limit: int, seed: int = 0
) -> pl.DataFrame:
    """Samples to draw, at most `limit`, kept ones first; which of the rest is up to the seed.

    Returns:
        The columns of `pair_table` and kept, by sample_id. Samples without an angle under one
        of the two have no place and are left out.
    """
    sql = f"""
        SELECT sample_id, class, outcome, {kept.sql()} AS kept, predicted_before, predicted_after,
               {_columns("reference")}, {_columns("compared")}
        FROM pairs
        WHERE reference_angle IS NOT NULL AND compared_angle IS NOT NULL
        QUALIFY row_number() OVER (ORDER BY kept DESC, hash(sample_id, $seed), sample_id) <= $limit
        ORDER BY sample_id
    """
    return query(pairs, sql, {**kept.values(), "limit": limit, "seed": seed})


def _columns(role: str) -> str:
    return ", ".join(f"{role}_{metric}" for metric in METRICS)


def _bounds(side: str) -> str:
    return ", ".join(f"${metric}_{side}" for metric in METRICS)


def _texts(texts: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(f"'{text}'" for text in texts) + "]"


_CHANGES = ", ".join(VALUES[f"change_{metric}"] for metric in METRICS)
