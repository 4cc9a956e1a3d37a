"""Questions about the same samples under two combinations (paper 6.2, figure 4 part 4).

`chosen` says which samples they are about; `kept` picks some of these without losing the
rest, and its bound values start with `kept_`. Metrics that are undefined under one of the
two have no difference: such samples are counted, but have no place and no bin.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.store.database import Connection, query
from core.store.subset import EVERYTHING, Chosen, Where

METRICS = ("angle", "length", "margin")

_PAIRS = """
pairs AS (
    SELECT m.sample_id, m.label, r.correct AS reference_correct, m.correct AS compared_correct,
           r.prediction AS reference_prediction, m.prediction AS compared_prediction,
           CASE WHEN r.correct AND m.correct THEN 'both right' WHEN r.correct THEN 'broken'
                WHEN m.correct THEN 'fixed' ELSE 'both wrong' END AS outcome,
           r.angle::DOUBLE AS reference_angle, m.angle::DOUBLE AS compared_angle,
           r.length::DOUBLE AS reference_length, m.length::DOUBLE AS compared_length,
           r.margin::DOUBLE AS reference_margin, m.margin::DOUBLE AS compared_margin,
           {kept} AS kept
    FROM sample_metrics m
    JOIN sample_metrics r USING (sample_id)
    WHERE m.model_id = $compared_model AND m.condition_id = $compared_condition
      AND r.model_id = $reference_model AND r.condition_id = $reference_condition{chosen}
)
"""


@dataclass(frozen=True)
class Compared:
    """Which samples are compared under which two combinations.

    Attributes:
        reference: model_id and condition_id.
        compared: model_id and condition_id.
        chosen: samples.
        kept: a condition on the table `samples` that picks some of them, None for all.
    """

    reference: tuple[int, int]
    compared: tuple[int, int]
    chosen: Chosen = EVERYTHING
    kept: Where | None = None

    def sql(self) -> str:
        """The common table expression `pairs`, one row a sample."""
        kept = "true"
        if self.kept is not None:
            kept = f"m.sample_id IN (SELECT samples.sample_id FROM samples WHERE {self.kept.sql})"
        return _PAIRS.format(kept=kept, chosen=self.chosen.sql("m"))

    def values(self) -> dict[str, object]:
        """The values that `sql` needs bound."""
        return {
            "reference_model": self.reference[0],
            "reference_condition": self.reference[1],
            "compared_model": self.compared[0],
            "compared_condition": self.compared[1],
            **self.chosen.values(),
            **(dict(self.kept.parameters) if self.kept else {}),
        }


def comparison_counts(connection: Connection, pairs: Compared) -> pl.DataFrame:
    """Samples by what the comparison does to them.

    Returns:
        outcome, samples, kept, without_place (no angle under one of the two), and
        without_margin; absent outcomes have no row.
    """
    sql = f"""
        WITH {pairs.sql()}
        SELECT outcome, count(*) AS samples, count(*) FILTER (kept) AS kept,
               count(*) - count(compared_angle - reference_angle) AS without_place,
               count(*) - count(compared_margin - reference_margin) AS without_margin
        FROM pairs
        GROUP BY outcome
        ORDER BY outcome
    """
    return query(connection, sql, pairs.values())


def comparison_histograms(
    connection: Connection,
    pairs: Compared,
    *,
    ranges: dict[str, tuple[float, float]],
    bins: int,
) -> pl.DataFrame:
    """Counts of each metric in equal bins under both combinations.

    Args:
        connection: an open study.
        pairs: samples and combinations.
        ranges: low and high of each metric; values outside count in the outermost bins.
        bins: bins between low and high.

    Returns:
        role (`reference` or `compared`), metric, bin (0-based), samples, kept; empty bins
        are absent.
    """
    sql = f"""
        WITH {pairs.sql()}, long AS (
            SELECT kept, unnest({_texts(METRICS * 2)}) AS metric,
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
    return query(connection, sql, {**pairs.values(), **_range_values(ranges), "bins": bins})


def difference_ranges(connection: Connection, pairs: Compared) -> pl.DataFrame:
    """Smallest and largest change of each metric: metric, low, high (NULL without any)."""
    sql = f"""
        WITH {pairs.sql()}, long AS ({_DIFFERENCES})
        SELECT metric, min(value) AS low, max(value) AS high
        FROM long
        GROUP BY metric
        ORDER BY metric
    """
    return query(connection, sql, pairs.values())


def difference_histograms(
    connection: Connection,
    pairs: Compared,
    *,
    ranges: dict[str, tuple[float, float]],
    bins: int,
) -> pl.DataFrame:
    """Counts of the changes, compared minus reference, in equal bins.

    Args:
        connection: an open study.
        pairs: samples and combinations.
        ranges: low and high change of each metric.
        bins: bins between low and high.

    Returns:
        metric, bin (0-based), samples, kept, total and kept_total (sums of the changes in
        the bin); empty bins are absent.
    """
    sql = f"""
        WITH {pairs.sql()}, long AS ({_DIFFERENCES}), placed AS (
            SELECT metric, kept, value,
                   CASE metric WHEN 'angle' THEN $angle_low WHEN 'length' THEN $length_low
                        ELSE $margin_low END::DOUBLE AS low,
                   CASE metric WHEN 'angle' THEN $angle_high WHEN 'length' THEN $length_high
                        ELSE $margin_high END::DOUBLE AS high
            FROM long
            WHERE value IS NOT NULL
        )
        SELECT metric,
               greatest(0, least($bins - 1, floor((value - low) / (high - low) * $bins)))::INTEGER
                   AS bin,
               count(*) AS samples, count(*) FILTER (kept) AS kept,
               sum(value) AS total, coalesce(sum(value) FILTER (kept), 0) AS kept_total
        FROM placed
        GROUP BY ALL
        ORDER BY metric, bin
    """
    return query(connection, sql, {**pairs.values(), **_range_values(ranges), "bins": bins})


def comparison_points(
    connection: Connection, pairs: Compared, *, limit: int, seed: int = 0
) -> pl.DataFrame:
    """Samples to draw, at most `limit`, kept ones first; which of the rest is up to the seed.

    Returns:
        sample_id, class, outcome, kept, predicted_before and predicted_after (class names),
        and reference_ and compared_ angle (degrees), length, margin; by sample_id. Samples
        without an angle under one of the two have no place and are left out.
    """
    sql = f"""
        WITH {pairs.sql()}
        SELECT p.sample_id, t.name AS class, p.outcome, p.kept,
               b.name AS predicted_before, a.name AS predicted_after,
               {", ".join(f"p.{role}_{m}" for role in ("reference", "compared") for m in METRICS)}
        FROM pairs p
        JOIN classes t ON t.class_id = p.label
        JOIN classes b ON b.class_id = p.reference_prediction
        JOIN classes a ON a.class_id = p.compared_prediction
        WHERE reference_angle IS NOT NULL AND compared_angle IS NOT NULL
        QUALIFY row_number() OVER (
            ORDER BY p.kept DESC, hash(p.sample_id, $seed), p.sample_id
        ) <= $limit
        ORDER BY p.sample_id
    """
    return query(connection, sql, {**pairs.values(), "limit": limit, "seed": seed})


def _columns(role: str) -> str:
    return ", ".join(f"{role}_{metric}" for metric in METRICS)


def _bounds(side: str) -> str:
    return ", ".join(f"${metric}_{side}" for metric in METRICS)


def _texts(texts: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(f"'{text}'" for text in texts) + "]"


def _range_values(ranges: dict[str, tuple[float, float]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for metric in METRICS:
        values[f"{metric}_low"], values[f"{metric}_high"] = ranges[metric]
    return values


_DIFFERENCES = f"""
    SELECT kept, unnest({_texts(METRICS)}) AS metric,
           unnest([{", ".join(f"compared_{m} - reference_{m}" for m in METRICS)}]) AS value
    FROM pairs
"""
