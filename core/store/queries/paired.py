"""The same samples under two combinations, joined once into a table in memory.

While someone drags, only the condition on what is selected changes:
`core.store.queries.comparison` is put to this table, whatever the size of the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import polars as pl

from core.metrics import GEOMETRIC, HISTOGRAMS, METRICS
from core.store.combination import Key, of_key
from core.store.connection import CONFIGURATION, Connection, query, record, rows_of
from core.store.subsets.base import EVERYTHING, SampleFilter

VALUES = {
    **{f"change_{metric}": f"(compared_{metric} - reference_{metric})" for metric in HISTOGRAMS},
    **{f"place_{metric}": f"reference_{metric}" for metric in GEOMETRIC},
}
"""What a range can limit in the table `pairs`, by the name that links carry."""

_METRICS = ",\n           ".join(
    f"{METRICS[metric].sql('r')} AS reference_{metric}, "
    f"{METRICS[metric].sql('m')} AS compared_{metric}"
    for metric in HISTOGRAMS
)
_PAIRS = f"""
    SELECT m.sample_id, t.name AS class, b.name AS predicted_before, a.name AS predicted_after,
           CASE WHEN r.correct AND m.correct THEN 'both right' WHEN r.correct THEN 'broken'
                WHEN m.correct THEN 'fixed' ELSE 'both wrong' END AS outcome,
           {_METRICS}
    FROM sample_metrics m
    JOIN sample_metrics r USING (sample_id)
    JOIN classes t ON t.class_id = m.label
    JOIN classes b ON b.class_id = r.prediction
    JOIN classes a ON a.class_id = m.prediction
    WHERE {of_key("m", "compared_")} AND {of_key("r", "reference_")}{{passes}}
"""


@dataclass(frozen=True)
class PairedSamples:
    """Which samples are compared under which two combinations.

    Attributes:
        reference: model and condition.
        compared: model and condition.
        sample_filter: samples.
    """

    reference: Key
    compared: Key
    sample_filter: SampleFilter = EVERYTHING

    def values(self) -> dict[str, object]:
        """The values that queries over both need bound."""
        keys = {**self.reference.values("reference_"), **self.compared.values("compared_")}
        return {**keys, **self.sample_filter.values()}


def pair_table(connection: Connection, paired: PairedSamples) -> pl.DataFrame:
    """The pairs, a row a sample.

    Columns: sample_id, class, predicted_before and predicted_after (class names), outcome, and
    reference_ and compared_ angle (degrees), length, margin, true_probability.
    """
    sql = _PAIRS.format(passes=paired.sample_filter.sql("m"))
    return query(connection, sql, paired.values())


def query_pairs(
    pairs: pl.DataFrame, sql: str, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of one query over a table `pairs`.

    All tables are asked through one database in memory: one for each would take 18 ms, 5 MB and
    nine threads, for as long as the table is kept.
    """
    record(sql, parameters)
    cursor = _memory().cursor()
    try:
        # Polars locks a frame while it exports it; threads share this one, but not its clone
        arrow = pairs.clone().to_arrow(compat_level=pl.CompatLevel.newest())
        cursor.register("pairs", arrow)  # seen by this cursor alone
        return rows_of(cursor, sql, parameters)
    finally:
        cursor.close()


@cache
def _memory() -> Connection:
    return duckdb.connect(":memory:", config=dict(CONFIGURATION))


def broken_samples(connection: Connection, paired: PairedSamples, *, limit: int) -> pl.DataFrame:
    """Samples that the reference gets right and the compared gets wrong, surest first.

    Args:
        connection: an open study.
        paired: both combinations, and samples.
        limit: at most so many rows.

    Returns:
        sample_id, class, predicted (by the compared), reference_margin, confidence (of
        the compared in its wrong answer), total (how many there are in all); by falling
        confidence.
    """
    sql = f"""
        SELECT c.sample_id, t.name AS class, p.name AS predicted,
               r.margin AS reference_margin, c.confidence, count(*) OVER () AS total
        FROM sample_metrics c
        JOIN sample_metrics r USING (sample_id)
        JOIN classes t ON t.class_id = c.label
        JOIN classes p ON p.class_id = c.prediction
        WHERE {of_key("c", "compared_")} AND {of_key("r", "reference_")}
          AND r.correct AND NOT c.correct{paired.sample_filter.sql("c")}
        ORDER BY c.confidence DESC NULLS LAST, c.sample_id
        LIMIT $limit
    """
    return query(connection, sql, {**paired.values(), "limit": limit})
