"""The last layer of models: norms, biases and directions of its classes, and its features."""

from __future__ import annotations

import polars as pl

from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter


def class_directions(connection: Connection, model_id: int) -> pl.DataFrame:
    """The class directions of a model: class_id, weight_norm, bias, weight, by class_id.

    `weight` is NULL where features have more than two dimensions.
    """
    sql = """
        SELECT class_id, weight_norm, bias, weight
        FROM classifier
        WHERE model_id = $model_id
        ORDER BY class_id
    """
    return query(connection, sql, {"model_id": model_id})


def class_cosines(connection: Connection, model_id: int) -> pl.DataFrame:
    """Cosines between the class directions of a model, each pair once.

    Returns:
        class_id, other_id, cosine (NULL where one of the two has no direction), by both ids; no
        rows beyond 100 classes.
    """
    sql = """
        SELECT class_id, other_id, cosine
        FROM class_cosines
        WHERE model_id = $model_id
        ORDER BY class_id, other_id
    """
    return query(connection, sql, {"model_id": model_id})


def plane_models(connection: Connection) -> pl.DataFrame:
    """Models whose features have two dimensions: model_id, in publishing order."""
    sql = """
        SELECT model_id FROM classifier
        GROUP BY model_id
        HAVING min(len(weight)) = 2
        ORDER BY model_id
    """
    return query(connection, sql)


def samples_with_angles(
    connection: Connection, key: Key, *, sample_filter: SampleFilter = EVERYTHING, limit: int
) -> pl.DataFrame:
    """Samples with what their features follow from, at most some, the same under every model.

    Args:
        connection: an open study with angles to all classes.
        key: model and condition.
        sample_filter: samples.
        limit: of the samples; a draw by their hash where there are more.

    Returns:
        sample_id, label, prediction, correct, confidence, length, angle, margin, angles, and
        samples (how many pass the filter), by sample_id.
    """
    sql = f"""
        WITH drawn AS (
            SELECT m.sample_id, m.label, m.prediction, m.correct,
                   m.confidence::DOUBLE AS confidence, m.length::DOUBLE AS length,
                   m.angle::DOUBLE AS angle, m.margin::DOUBLE AS margin,
                   m.angles::FLOAT[]::DOUBLE[] AS angles, count(*) OVER () AS samples
            FROM sample_metrics m
            WHERE {of_key("m")} AND m.angle_classes IS NULL{sample_filter.sql("m")}
            ORDER BY hash(m.sample_id, 0), m.sample_id
            LIMIT $limit
        )
        SELECT * FROM drawn ORDER BY sample_id
    """
    return query(connection, sql, {**key.values(), **sample_filter.values(), "limit": limit})


def angles_by_feature_width(connection: Connection) -> pl.DataFrame:
    """Angle to the true class on clean images of dense models that differ in feature width.

    Their network is labelled with the width: `<network>-f<width>`, and `-untrained` where it still
    has its first weights.

    Returns:
        network (without the width), trained, width, model (name), samples (with an angle), mean and
        deviation (of the sample; degrees), accuracy, by network, trained, width and model.
    """
    sql = """
        SELECT regexp_extract(network, $labelled, 1) AS network,
               regexp_extract(network, $labelled, 3) = '' AS trained,
               regexp_extract(network, $labelled, 2)::INTEGER AS width, models.name AS model,
               count(angle) AS samples, avg(angle::DOUBLE) AS mean,
               stddev_samp(angle::DOUBLE) AS deviation, avg(correct::INTEGER) AS accuracy
        FROM models
        JOIN sample_metrics USING (model_id)
        JOIN conditions USING (condition_id)
        WHERE method = 'dense' AND NOT retrained AND severity = 0
          AND regexp_matches(network, $labelled)
        GROUP BY ALL
        HAVING count(angle) > 0
        ORDER BY network, trained, width, model
    """
    return query(connection, sql, {"labelled": r"^(.*)-f([0-9]+)(-untrained)?$"})
