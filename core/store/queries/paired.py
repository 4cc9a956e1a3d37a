"""The same samples under two combinations, joined once into a table in memory.

While someone drags, only the condition on what is kept changes: `core.store.queries.comparison`
puts its questions to this table, whatever the size of the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from core.store.connection import CONFIGURATION, Connection, query
from core.store.subsets.base import EVERYTHING, Chosen

METRICS = ("angle", "length", "margin")

# What a range can be about, by name.
VALUES = {
    **{f"change_{metric}": f"(compared_{metric} - reference_{metric})" for metric in METRICS},
    **{f"place_{metric}": f"reference_{metric}" for metric in METRICS},
}

_PAIRS = """
    SELECT m.sample_id, t.name AS class, b.name AS predicted_before, a.name AS predicted_after,
           CASE WHEN r.correct AND m.correct THEN 'both right' WHEN r.correct THEN 'broken'
                WHEN m.correct THEN 'fixed' ELSE 'both wrong' END AS outcome,
           r.angle::DOUBLE AS reference_angle, m.angle::DOUBLE AS compared_angle,
           r.length::DOUBLE AS reference_length, m.length::DOUBLE AS compared_length,
           r.margin::DOUBLE AS reference_margin, m.margin::DOUBLE AS compared_margin
    FROM sample_metrics m
    JOIN sample_metrics r USING (sample_id)
    JOIN classes t ON t.class_id = m.label
    JOIN classes b ON b.class_id = r.prediction
    JOIN classes a ON a.class_id = m.prediction
    WHERE m.model_id = $compared_model AND m.condition_id = $compared_condition
      AND r.model_id = $reference_model AND r.condition_id = $reference_condition{chosen}
"""


@dataclass(frozen=True)
class Compared:
    """Which samples are compared under which two combinations.

    Attributes:
        reference: model_id and condition_id.
        compared: model_id and condition_id.
        chosen: samples.
    """

    reference: tuple[int, int]
    compared: tuple[int, int]
    chosen: Chosen = EVERYTHING


@dataclass(frozen=True)
class Kept:
    """The pairs whose values lie in all of some closed ranges; all pairs without any.

    Attributes:
        ranges: (a name of VALUES, low, high), None for no limit.
    """

    ranges: tuple[tuple[str, float | None, float | None], ...] = ()

    def sql(self) -> str:
        """A condition on the table `pairs`, never NULL."""
        sides = [
            f"{VALUES[name]} {sign} ${name}_{side}"
            for name, low, high in self.ranges
            for side, sign, limit in (("low", ">=", low), ("high", "<=", high))
            if limit is not None
        ]
        return f"coalesce({' AND '.join(sides)}, false)" if sides else "true"

    def values(self) -> dict[str, object]:
        """The values that `sql` needs bound."""
        return {
            f"{name}_{side}": limit
            for name, low, high in self.ranges
            for side, limit in (("low", low), ("high", high))
            if limit is not None
        }


ALL = Kept()


def pair_table(connection: Connection, compared: Compared) -> Connection:
    """A database in memory with one table, `pairs`: a row a sample.

    Columns: sample_id, class, predicted_before and predicted_after (class names), outcome, and
    reference_ and compared_ angle (degrees), length, margin.
    """
    rows = query(
        connection,
        _PAIRS.format(chosen=compared.chosen.sql("m")),
        {
            "reference_model": compared.reference[0],
            "reference_condition": compared.reference[1],
            "compared_model": compared.compared[0],
            "compared_condition": compared.compared[1],
            **compared.chosen.values(),
        },
    ).to_arrow()
    pairs = duckdb.connect(":memory:", config=dict(CONFIGURATION))
    pairs.register("rows", rows)
    pairs.execute("CREATE TABLE pairs AS SELECT * FROM rows")
    pairs.unregister("rows")
    return pairs


def ends(ranges: Mapping[str, tuple[float, float]]) -> dict[str, object]:
    """The values `METRIC_low` and `METRIC_high` that questions about bins need bound."""
    return {
        f"{metric}_{side}": limit
        for metric, limits in ranges.items()
        for side, limit in zip(("low", "high"), limits, strict=True)
    }
