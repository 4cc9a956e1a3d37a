"""What many models say to each sample: how often they are right, and their most frequent answer."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.metrics import METRICS
from core.store.combination import Key, of_key
from core.store.connection import Connection, query
from core.store.subsets.base import EVERYTHING, SampleFilter

_METRICS = ", ".join(f"{metric.sql('m')} AS {name}" for name, metric in METRICS.items())
_MEANS = ", ".join(f"avg({metric.sql('m')}) AS {name}" for name, metric in METRICS.items())


def times_right(
    connection: Connection,
    *,
    dense: Key,
    pruned_ids: Sequence[int],
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """Each sample under a dense model on clean images, and how often it stays right.

    Args:
        connection: an open study.
        dense: the dense model and the clean condition.
        pruned_ids: pruned models.
        sample_filter: samples.

    Returns:
        sample_id, class, correct (under the dense model) and every metric of `METRICS`, and of
        predictions right and made: pruning_right and pruning_of (the pruned models on clean
        images), corruption_right and corruption_of (the dense model on corrupted ones), both_right
        and both_of (the pruned models on corrupted ones); by sample_id.
    """
    sql = f"""
        WITH pruned AS (
            SELECT sample_id, count(*) FILTER (clean_correct) AS pruning_right,
                   count(clean_correct) AS pruning_of, sum(correct_count)::BIGINT AS both_right,
                   sum(corrupted_count)::BIGINT AS both_of
            FROM robustness_rollup
            WHERE model_id IN (SELECT unnest($pruned_ids::USMALLINT[]))
            GROUP BY sample_id
        ), own AS (
            SELECT sample_id, correct_count::BIGINT AS corruption_right,
                   corrupted_count::BIGINT AS corruption_of
            FROM robustness_rollup WHERE model_id = $model_id
        )
        SELECT m.sample_id, c.name AS class, m.correct, {_METRICS},
               coalesce(pruning_right, 0) AS pruning_right, coalesce(pruning_of, 0) AS pruning_of,
               coalesce(corruption_right, 0) AS corruption_right,
               coalesce(corruption_of, 0) AS corruption_of,
               coalesce(both_right, 0) AS both_right, coalesce(both_of, 0) AS both_of
        FROM sample_metrics m
        JOIN classes c ON c.class_id = m.label
        LEFT JOIN pruned USING (sample_id)
        LEFT JOIN own USING (sample_id)
        WHERE {of_key("m")}{sample_filter.sql("m")}
        ORDER BY m.sample_id
    """
    values = {**dense.values(), "pruned_ids": list(pruned_ids), **sample_filter.values()}
    return query(connection, sql, values)


def modal_predictions(
    connection: Connection,
    *,
    dense_ids: Sequence[int],
    pruned_ids: Sequence[int],
    condition_id: int,
    sample_filter: SampleFilter = EVERYTHING,
) -> pl.DataFrame:
    """The most frequent prediction of dense and of pruned models for each sample.

    A sample is an exemplar where the two populations disagree (Hooker et al. 2019): where several
    classes are most frequent, only if none of them is most frequent on the other side.

    Returns:
        sample_id, class, dense_modes and pruned_modes (names of the most frequent classes, by
        class), exemplar, dense_right and pruned_right (models), dense_models and pruned_models,
        and the mean of every metric of `METRICS` over the dense models; by sample_id. Samples
        that one side was not asked about are left out.
    """
    sql = f"""
        WITH rows AS (
            SELECT m.*, m.model_id IN (SELECT unnest($dense_ids::USMALLINT[])) AS dense
            FROM sample_metrics m
            WHERE m.condition_id = $condition_id AND m.model_id IN (
                SELECT unnest($dense_ids::USMALLINT[] || $pruned_ids::USMALLINT[])
            ){sample_filter.sql("m")}
        ), answers AS (
            SELECT sample_id, dense, prediction, count(*) AS times,
                   max(count(*)) OVER (PARTITION BY sample_id, dense) AS most
            FROM rows
            GROUP BY sample_id, dense, prediction
        ), modes AS (
            SELECT sample_id, dense, list(prediction ORDER BY prediction) AS classes,
                   list(name ORDER BY prediction) AS names
            FROM answers JOIN classes ON class_id = prediction
            WHERE times = most
            GROUP BY sample_id, dense
        ), summed AS (
            SELECT m.sample_id, m.label, m.dense, count(*) FILTER (m.correct) AS times,
                   count(*) AS models, {_MEANS}
            FROM rows m
            GROUP BY m.sample_id, m.label, m.dense
        )
        SELECT d.sample_id, c.name AS class, d.names AS dense_modes, p.names AS pruned_modes,
               NOT list_has_any(d.classes, p.classes) AS exemplar,
               ds.times AS dense_right, ps.times AS pruned_right, ds.models AS dense_models,
               ps.models AS pruned_models, {", ".join(f"ds.{name}" for name in METRICS)}
        FROM modes d
        JOIN modes p ON p.sample_id = d.sample_id AND NOT p.dense
        JOIN summed ds ON ds.sample_id = d.sample_id AND ds.dense
        JOIN summed ps ON ps.sample_id = d.sample_id AND NOT ps.dense
        JOIN classes c ON c.class_id = ds.label
        WHERE d.dense
        ORDER BY d.sample_id
    """
    values = {
        "dense_ids": list(dense_ids),
        "pruned_ids": list(pruned_ids),
        "condition_id": condition_id,
        **sample_filter.values(),
    }
    return query(connection, sql, values)
