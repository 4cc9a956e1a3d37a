"""The same samples under two combinations (paper 6.2, figure 4 part 4).

These queries are put to the table `pairs` in memory. Metrics that are undefined under one of the
two have no change: such samples are counted, but have no position and no bin.
"""

from __future__ import annotations

import polars as pl

from core.metrics import GEOMETRIC, HISTOGRAMS
from core.store.queries.binning import Ends, bin_of, end_values, placeholders, texts
from core.store.queries.paired import VALUES, query_pairs
from core.store.subsets.ranges import UNLIMITED, ColumnRanges

_ROLES = ("reference", "compared")
_CHANGES = ", ".join(VALUES[f"change_{metric}"] for metric in HISTOGRAMS)


def outcome_counts(pairs: pl.DataFrame, selection: ColumnRanges = UNLIMITED) -> pl.DataFrame:
    """Samples by what the comparison does to them.

    Returns:
        outcome, samples, selected, without_position (no angle under one of the two), and
        without_margin; absent outcomes have no row.
    """
    sql = f"""
        SELECT outcome, count(*) AS samples, count(*) FILTER ({selection.sql(VALUES)}) AS selected,
               count(*) - count(compared_angle - reference_angle) AS without_position,
               count(*) - count(compared_margin - reference_margin) AS without_margin
        FROM pairs
        GROUP BY outcome
        ORDER BY outcome
    """
    return query_pairs(pairs, sql, selection.values())


def metric_histograms(
    pairs: pl.DataFrame, selection: ColumnRanges = UNLIMITED, *, ranges: Ends, bins: int
) -> pl.DataFrame:
    """Counts of each metric in equal bins under both combinations.

    Args:
        pairs: as `pair_table` makes it.
        selection: which of them are selected.
        ranges: low and high of each metric; values outside count in the outermost bins.
        bins: bins between low and high.

    Returns:
        role (`reference` or `compared`), metric, bin (0-based), samples, selected; empty bins
        are absent.
    """
    roles = [role for role in _ROLES for _ in HISTOGRAMS]
    both = HISTOGRAMS * 2
    values = ", ".join(_columns(role, HISTOGRAMS) for role in _ROLES)
    sql = f"""
        WITH long AS (
            SELECT {selection.sql(VALUES)} AS selected, unnest({texts(both)}) AS metric,
                   unnest({texts(roles)}) AS role,
                   unnest([{values}]) AS value,
                   unnest({placeholders(both, "low")}) AS low,
                   unnest({placeholders(both, "high")}) AS high
            FROM pairs
        )
        SELECT role, metric, {bin_of("value", "low", "high")} AS bin,
               count(*) AS samples, count(*) FILTER (selected) AS selected
        FROM long
        WHERE value IS NOT NULL
        GROUP BY ALL
        ORDER BY role, metric, bin
    """
    return query_pairs(pairs, sql, {**selection.values(), **end_values(ranges), "bins": bins})


def change_ranges(pairs: pl.DataFrame) -> pl.DataFrame:
    """Smallest and largest change of each metric: metric, low, high (NULL without any)."""
    sql = f"""
        WITH long AS (
            SELECT unnest({texts(HISTOGRAMS)}) AS metric, unnest([{_CHANGES}]) AS value FROM pairs
        )
        SELECT metric, min(value) AS low, max(value) AS high
        FROM long
        GROUP BY metric
        ORDER BY metric
    """
    return query_pairs(pairs, sql)


def change_histograms(
    pairs: pl.DataFrame, selection: ColumnRanges = UNLIMITED, *, ranges: Ends, bins: int
) -> pl.DataFrame:
    """Counts of the changes, compared minus reference, in equal bins.

    Args:
        pairs: as `pair_table` makes it.
        selection: which of them are selected.
        ranges: low and high change of each metric.
        bins: bins between low and high.

    Returns:
        metric, bin (0-based), samples, selected, total and selected_total (sums of the changes
        in the bin); empty bins are absent.
    """
    sql = f"""
        WITH long AS (
            SELECT {selection.sql(VALUES)} AS selected, unnest({texts(HISTOGRAMS)}) AS metric,
                   unnest([{_CHANGES}]) AS value,
                   unnest({placeholders(HISTOGRAMS, "low")}) AS low,
                   unnest({placeholders(HISTOGRAMS, "high")}) AS high
            FROM pairs
        )
        SELECT metric, {bin_of("value", "low", "high")} AS bin,
               count(*) AS samples, count(*) FILTER (selected) AS selected,
               sum(value) AS total, coalesce(sum(value) FILTER (selected), 0) AS selected_total
        FROM long
        WHERE value IS NOT NULL
        GROUP BY ALL
        ORDER BY metric, bin
    """
    return query_pairs(pairs, sql, {**selection.values(), **end_values(ranges), "bins": bins})


def paired_positions(
    pairs: pl.DataFrame, selection: ColumnRanges = UNLIMITED, *, limit: int, seed: int = 0
) -> pl.DataFrame:
    """Samples to draw, at most `limit`, selected ones first; which of the rest is up to the seed.

    Returns:
        The columns of `pair_table` and selected, by sample_id. Samples without an angle under
        one of the two have no position and are left out.
    """
    sql = f"""
        SELECT sample_id, class, outcome, {selection.sql(VALUES)} AS selected,
               predicted_before, predicted_after, {_columns("reference")}, {_columns("compared")}
        FROM pairs
        WHERE reference_angle IS NOT NULL AND compared_angle IS NOT NULL
        QUALIFY row_number() OVER (ORDER BY selected DESC, hash(sample_id, $seed), sample_id)
                <= $limit
        ORDER BY sample_id
    """
    return query_pairs(pairs, sql, {**selection.values(), "limit": limit, "seed": seed})


def _columns(role: str, metrics: tuple[str, ...] = GEOMETRIC) -> str:
    return ", ".join(f"{role}_{metric}" for metric in metrics)
