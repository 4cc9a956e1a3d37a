"""One sample: under every model and condition, its angles to all classes, its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.metrics import METRICS
from core.store.combination import Key, of_key
from core.store.connection import Connection, query

_METRICS = ", ".join(f"{metric.sql('s')} AS {name}" for name, metric in METRICS.items())


def sample_label(connection: Connection, sample_id: int) -> pl.DataFrame:
    """The sample's class: sample_id, label, class; no row where the study has no such sample."""
    sql = """
        SELECT s.sample_id, s.label, c.name AS class
        FROM samples s JOIN classes c ON c.class_id = s.label
        WHERE s.sample_id = $sample_id
        ORDER BY s.sample_id
    """
    return query(connection, sql, {"sample_id": sample_id})


def sample_everywhere(connection: Connection, sample_id: int) -> pl.DataFrame:
    """What every model says to the sample under every condition.

    Few columns: the sample's rows lie all over the file, and each column is read for all of them.

    Returns:
        model_id, condition_id, predicted (class name), correct, true_probability, by model_id and
        condition_id.
    """
    sql = """
        SELECT s.model_id, s.condition_id, p.name AS predicted, s.correct,
               s.true_probability::DOUBLE AS true_probability
        FROM sample_metrics s JOIN classes p ON p.class_id = s.prediction
        WHERE s.sample_id = $sample_id
        ORDER BY s.model_id, s.condition_id
    """
    return query(connection, sql, {"sample_id": sample_id})


def sample_along(
    connection: Connection, sample_id: int, *, condition_id: int, model_ids: Sequence[int]
) -> pl.DataFrame:
    """The sample under every model at one condition, and under some models at every condition.

    Returns:
        model_id, condition_id, predicted (class name), correct and every metric of `METRICS`, by
        model_id and condition_id.
    """
    columns = f"model_id, condition_id, prediction, correct, {_METRICS}"
    # two reads of neighbouring rows: one with OR would read the whole file
    sql = f"""
        WITH found AS (
            SELECT {columns} FROM sample_metrics s
            WHERE s.sample_id = $sample_id AND s.condition_id = $condition_id
            UNION
            SELECT {columns} FROM sample_metrics s
            WHERE s.sample_id = $sample_id
              AND s.model_id IN (SELECT unnest($model_ids::USMALLINT[]))
        )
        SELECT model_id, condition_id, name AS predicted, found.* EXCLUDE (
            model_id, condition_id, prediction
        )
        FROM found JOIN classes ON class_id = prediction
        ORDER BY model_id, condition_id
    """
    values = {
        "sample_id": sample_id,
        "condition_id": condition_id,
        "model_ids": list(model_ids),
    }
    return query(connection, sql, values)


def sample_class_angles(connection: Connection, key: Key, sample_id: int) -> pl.DataFrame:
    """The sample's angles to class directions under one combination, with the classifier's rows.

    Where a study stores the nearest directions only, they and the own class have a row.

    Returns:
        class_id, class, own (the true class), predicted, angle (degrees, NULL for a zero feature
        or a zero class row), length (of the feature), weight_norm and bias (NULL where the file
        doesn't hold them), by class_id.
    """
    sql = f"""
        WITH this AS (
            SELECT model_id, label, prediction, length::DOUBLE AS length,
                   angle::DOUBLE AS own_angle, angles::FLOAT[] AS angles,
                   angle_classes::USMALLINT[] AS angle_classes
            FROM sample_metrics s
            WHERE {of_key("s")} AND s.sample_id = $sample_id
        ), known AS (
            SELECT class_id, list_position(angle_classes, class_id) AS place, this.*
            FROM classes, this
            WHERE angle_classes IS NULL OR class_id = label
               OR list_contains(angle_classes, class_id)
        )
        SELECT k.class_id, c.name AS class, k.class_id = k.label AS own,
               k.class_id = k.prediction AS predicted,
               CASE WHEN k.class_id = k.label THEN k.own_angle
                    WHEN k.angle_classes IS NULL THEN k.angles[k.class_id + 1]
                    ELSE k.angles[k.place] END::DOUBLE AS angle,
               k.length, w.weight_norm, w.bias
        FROM known k
        JOIN classes c USING (class_id)
        LEFT JOIN classifier w ON w.model_id = k.model_id AND w.class_id = k.class_id
        ORDER BY k.class_id
    """
    return query(connection, sql, {**key.values(), "sample_id": sample_id})


def nearest_samples(
    connection: Connection, key: Key, sample_id: int, *, limit: int
) -> pl.DataFrame:
    """The other samples whose angle and length are nearest to the sample's.

    Angle and length are measured in their standard deviations over all samples.

    Returns:
        sample_id, class, predicted, correct, angle (degrees), length, distance (standard
        deviations), nearest first; no row where the sample has no angle.
    """
    sql = f"""
        WITH placed AS (
            SELECT sample_id, label, prediction, correct,
                   angle::DOUBLE AS angle, length::DOUBLE AS length,
                   nullif(stddev_pop(angle::DOUBLE) OVER (), 0) AS angle_unit,
                   nullif(stddev_pop(length::DOUBLE) OVER (), 0) AS length_unit
            FROM sample_metrics s
            WHERE {of_key("s")} AND angle IS NOT NULL
        )
        SELECT p.sample_id, c.name AS class, a.name AS predicted, p.correct, p.angle, p.length,
               sqrt(coalesce((p.angle - this.angle) / p.angle_unit, 0) ** 2
                    + coalesce((p.length - this.length) / p.length_unit, 0) ** 2) AS distance
        FROM placed p
        JOIN (SELECT * FROM placed WHERE sample_id = $sample_id) this
          ON p.sample_id <> this.sample_id
        JOIN classes c ON c.class_id = p.label
        JOIN classes a ON a.class_id = p.prediction
        ORDER BY distance, p.sample_id
        LIMIT $limit
    """
    return query(connection, sql, {**key.values(), "sample_id": sample_id, "limit": limit})
