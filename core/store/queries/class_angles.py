"""The angles to all class directions.

Where a study stores the nearest directions only, an angle beyond them is undefined.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.queries.paired import PairedSamples
from core.store.subsets.base import EVERYTHING, SampleFilter


def axis_values(
    connection: Connection,
    key: Key,
    *,
    class_ids: Sequence[int],
    sample_filter: SampleFilter = EVERYTHING,
    seed: int = 0,
) -> pl.DataFrame:
    """Every sample's value on each axis, by sample_id.

    Args:
        connection: an open study.
        key: model and condition.
        class_ids: classes of the angle axes.
        sample_filter: samples.
        seed: another seed gives other ranks; the same gives the same under every key.

    Returns:
        sample_id, label and prediction (class ids), correct, confidence, angle (to the own
        class, NULL for a zero feature), sampling_rank (a random number: whoever draws some of the
        samples takes those with the lowest), v0, v1, … (degrees on the angle axes), length, margin
        and true_probability; NULL where undefined.
    """
    sql = f"""
        SELECT m.sample_id, m.label, m.prediction, m.correct, m.confidence, m.angle, m.angles,
               m.angle_classes, m.length::DOUBLE AS length, m.margin::DOUBLE AS margin,
               m.true_probability::DOUBLE AS true_probability,
               hash(m.sample_id, $seed) AS sampling_rank
        FROM sample_metrics m
        WHERE {of_key("m")}{sample_filter.sql("m")}
        ORDER BY m.sample_id
    """
    found = query(connection, sql, {"seed": seed, **key.values(), **sample_filter.values()})
    nearest_only = found["angle_classes"].null_count() < found.height
    angles = [_angle_to(class_id, nearest_only=nearest_only) for class_id in class_ids]
    return found.select(
        "sample_id", "label", "prediction", "correct", "confidence", "sampling_rank",
        pl.col("angle").cast(pl.Float64),
        *(angle.alias(f"v{i}") for i, angle in enumerate(angles)),
        "length", "margin", "true_probability",
    )  # fmt: skip


def _angle_to(class_id: int, *, nearest_only: bool) -> pl.Expr:
    """Degrees to one class; the own angle is always there, others may be undefined."""
    if nearest_only:
        matches = pl.col("angle_classes").arr.to_list().list.eval(pl.element() == class_id)
        angle: pl.Expr = pl.when(matches.list.any()).then(
            pl.col("angles").arr.get(matches.list.arg_max(), null_on_oob=True)
        )
    else:
        angle = pl.col("angles").arr.get(class_id)
    own = pl.when(pl.col("label") == class_id).then("angle").otherwise(angle)
    return own.cast(pl.Float64)


def stored_angles(connection: Connection) -> pl.DataFrame:
    """How many class directions a row holds angles to: directions; one row, 0 without rows."""
    sql = """
        SELECT coalesce(max(len(angles::FLOAT[])), 0) AS directions
        FROM (SELECT angles FROM sample_metrics LIMIT 1)
    """
    return query(connection, sql)


def mean_class_angles(connection: Connection, paired: PairedSamples) -> pl.DataFrame:
    """Mean angle to every class direction under two combinations, and its shift.

    Returns:
        class_id, reference, compared (mean degrees over samples with that angle), pairs
        (samples with both), shift (their mean difference, NULL without any); a row for
        each class that is stored for a sample, by class_id.
    """
    r, c = (
        f"""
        SELECT m.sample_id, unnest(m.angles::FLOAT[])::DOUBLE AS angle,
               unnest(coalesce(m.angle_classes::USMALLINT[],
                               range(len(m.angles::FLOAT[]))::USMALLINT[])) AS class_id
        FROM sample_metrics m
        WHERE {of_key("m", f"{side}_")}{paired.sample_filter.sql("m")}
        """
        for side in ("reference", "compared")
    )
    sql = f"""
        WITH r AS ({r}), c AS ({c})
        SELECT class_id, avg(r.angle) AS reference, avg(c.angle) AS compared,
               count(r.angle + c.angle) AS pairs, avg(c.angle - r.angle) AS shift
        FROM r FULL JOIN c USING (class_id, sample_id)
        WHERE r.angle IS NOT NULL OR c.angle IS NOT NULL
        GROUP BY class_id
        ORDER BY class_id
    """
    return query(connection, sql, paired.values())
