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
from core.store.configuration import configuration
from core.store.connection import Connection, query, rows_of
from core.store.recording import record
from core.store.subsets.base import EVERYTHING, SampleFilter

VALUES = {
    **{f"change_{metric}": f"(compared_{metric} - reference_{metric})" for metric in HISTOGRAMS},
    **{f"place_{metric}": f"reference_{metric}" for metric in GEOMETRIC},
}
"""What a range can limit in the table `pairs`, by the name that links carry."""

_OUTCOMES = ("both right", "broken", "fixed", "both wrong")
_NAMED = ("class", "predicted_before", "predicted_after")
_METRICS = ",\n           ".join(
    f"{METRICS[metric].sql('r')}::FLOAT AS reference_{metric}, "
    f"{METRICS[metric].sql('m')}::FLOAT AS compared_{metric}"
    for metric in HISTOGRAMS
)
# 40 bytes a sample in place of 120: ids for names, and metrics as the study file stores them
_PAIRS = f"""
    SELECT m.sample_id, m.label AS class, r.prediction AS predicted_before,
           m.prediction AS predicted_after,
           CASE WHEN r.correct AND m.correct THEN 0 WHEN r.correct THEN 1
                WHEN m.correct THEN 2 ELSE 3 END::UTINYINT AS outcome,
           {_METRICS}
    FROM sample_metrics m
    JOIN sample_metrics r USING (sample_id)
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
    reference_ and compared_ angle (degrees), length, margin, true_probability. Names are of type
    Enum and metrics 32 bits wide, as they are stored; `query_pairs` gives texts and 64 bits.
    """
    sql = _PAIRS.format(passes=paired.sample_filter.sql("m"))
    pairs = query(connection, sql, paired.values())
    classes = query(connection, "SELECT class_id, name FROM classes ORDER BY class_id")
    names = classes["name"].cast(pl.Enum(classes["name"].unique(maintain_order=True)))
    by_id = classes.select("class_id", names)
    for column in _NAMED:
        named = pairs.select(pl.col(column).alias("class_id")).join(
            by_id, on="class_id", how="left", maintain_order="left"
        )
        pairs = pairs.with_columns(named["name"].alias(column))
    return pairs.with_columns(pl.col("outcome").cat.to(pl.Enum(_OUTCOMES)))


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
        cursor.register("stored_pairs", arrow)  # seen by this cursor alone, as the view is
        cursor.execute(f"CREATE TEMP VIEW pairs AS SELECT {_wide(pairs)} FROM stored_pairs")
        return rows_of(cursor, sql, parameters)
    finally:
        cursor.close()


def _wide(pairs: pl.DataFrame) -> str:
    """The columns of a table with texts for names and 64 bits for metrics."""
    wide = {pl.Enum: "VARCHAR", pl.Float32: "DOUBLE"}
    return ", ".join(
        f"{name}::{wide[kind.base_type()]} AS {name}" if kind.base_type() in wide else name
        for name, kind in pairs.schema.items()
    )


@cache
def _memory() -> Connection:
    return duckdb.connect(":memory:", config=dict(configuration()))


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
