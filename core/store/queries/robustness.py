"""Clean geometry of each sample beside what corruption and pruning do to it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.metrics import GEOMETRIC, METRICS
from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter

_METRICS = ", ".join(f"{metric.sql('m')} AS {name}" for name, metric in METRICS.items())


def clean_metrics_and_robustness(
    connection: Connection,
    *,
    model_ids: Sequence[int],
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """Metrics of each clean image, and how robust it is under the same model (paper, equation 7).

    Returns:
        model_id, sample_id, robustness (share of its corrupted versions that are right) and every
        metric of `METRICS` (NULL where undefined), by model_id and sample_id; none where nothing
        was corrupted.
    """
    sql = f"""
        SELECT m.model_id, m.sample_id, r.correct_count / r.corrupted_count AS robustness,
               {_METRICS}
        FROM sample_metrics m
        JOIN robustness_rollup r ON r.model_id = m.model_id AND r.sample_id = m.sample_id
        WHERE m.condition_id = (SELECT condition_id FROM conditions WHERE severity = 0)
          AND m.model_id IN (SELECT unnest($model_ids::USMALLINT[]))
          AND r.corrupted_count > 0{sample_filter.sql("m")}
        ORDER BY m.model_id, m.sample_id
    """
    return query(connection, sql, {"model_ids": list(model_ids), **sample_filter.values()})


def clean_metrics_and_flips(
    connection: Connection,
    *,
    dense_ids: Sequence[int],
    pruned_ids: Sequence[int],
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """Metrics of each clean image under a dense model, and whether pruning flips its prediction.

    Args:
        connection: an open study.
        dense_ids: dense model of each pair.
        pruned_ids: pruned model of each pair.
        sample_filter: samples.

    Returns:
        model_id (of the pruned one), sample_id, flipped (the two predict different classes) and
        every metric of `METRICS` under the dense model, by model_id and sample_id.
    """
    sql = f"""
        WITH pairs AS (
            SELECT unnest($dense_ids::USMALLINT[]) AS dense_id,
                   unnest($pruned_ids::USMALLINT[]) AS pruned_id
        ), clean AS (
            SELECT * FROM sample_metrics
            WHERE condition_id = (SELECT condition_id FROM conditions WHERE severity = 0)
        )
        SELECT p.model_id, p.sample_id, p.prediction <> m.prediction AS flipped, {_METRICS}
        FROM pairs
        JOIN clean p ON p.model_id = pruned_id
        JOIN clean m ON m.model_id = dense_id AND m.sample_id = p.sample_id
        WHERE true{sample_filter.sql("m")}
        ORDER BY p.model_id, p.sample_id
    """
    values = {"dense_ids": list(dense_ids), "pruned_ids": list(pruned_ids)}
    return query(connection, sql, {**values, **sample_filter.values()})


def metric_under_model(
    connection: Connection,
    *,
    model_id: int,
    metric: str,
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """One metric of the samples under one model and all conditions.

    Sample ids are left out, since they take longer to read than the values: each condition that is
    there has all samples of the filter, in the order of their ids.

    Args:
        connection: an open study.
        model_id: model.
        metric: its name in `METRICS`.
        sample_filter: samples.

    Returns:
        condition_id, value (NULL where undefined), by condition_id and sample_id.
    """
    sql = f"""
        SELECT m.condition_id, {METRICS[metric].sql("m")} AS value
        FROM sample_metrics m
        WHERE m.model_id = $model_id{sample_filter.sql("m")}
        ORDER BY m.condition_id, m.sample_id
    """
    return query(connection, sql, {"model_id": model_id, **sample_filter.values()})


def geometry_of_combinations(
    connection: Connection,
    *,
    model_ids: Sequence[int],
    condition_ids: Sequence[int],
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """Angle, length and margin of the samples under some models and conditions.

    Returns:
        model_id, condition_id, sample_id, angle (degrees), length, margin (NULL where undefined),
        by the three ids.
    """
    metrics = ", ".join(f"{METRICS[name].sql('m')} AS {name}" for name in GEOMETRIC)
    sql = f"""
        SELECT m.model_id, m.condition_id, m.sample_id, {metrics}
        FROM sample_metrics m
        WHERE m.model_id IN (SELECT unnest($model_ids::USMALLINT[]))
          AND m.condition_id IN (SELECT unnest($condition_ids::USMALLINT[]))
          {sample_filter.sql("m")}
        ORDER BY m.model_id, m.condition_id, m.sample_id
    """
    values = {"model_ids": list(model_ids), "condition_ids": list(condition_ids)}
    return query(connection, sql, {**values, **sample_filter.values()})


def confidence_under_models(
    connection: Connection,
    *,
    model_ids: Sequence[int],
    condition_id: int,
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """How sure some models are of the samples under one condition, and whether they are right.

    Returns:
        model_id, sample_id, confidence (NULL where undefined), correct, by both ids.
    """
    sql = f"""
        SELECT m.model_id, m.sample_id, {METRICS["confidence"].sql("m")} AS confidence, m.correct
        FROM sample_metrics m
        WHERE m.condition_id = $condition_id
          AND m.model_id IN (SELECT unnest($model_ids::USMALLINT[])){sample_filter.sql("m")}
        ORDER BY m.model_id, m.sample_id
    """
    values = {"model_ids": list(model_ids), "condition_id": condition_id}
    return query(connection, sql, {**values, **sample_filter.values()})


def confidence_under_model(
    connection: Connection, *, model_id: int, sample_filter: SampleFilter = EVERYTHING
) -> pl.DataFrame:
    """How sure one model is of the samples under all conditions, and whether it is right.

    Sample ids are left out: each condition has all samples of the filter, in the order of their
    ids.

    Returns:
        confidence (NULL where undefined), correct, by condition_id and sample_id.
    """
    sql = f"""
        SELECT {METRICS["confidence"].sql("m")} AS confidence, m.correct
        FROM sample_metrics m
        WHERE m.model_id = $model_id{sample_filter.sql("m")}
        ORDER BY m.condition_id, m.sample_id
    """
    return query(connection, sql, {"model_id": model_id, **sample_filter.values()})
