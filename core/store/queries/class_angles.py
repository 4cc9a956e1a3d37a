"""Questions about the angles to all class directions, and the confusion behind them.

As in `core.store.queries.study`, `chosen` says which samples a question is about.
Where a study stores the nearest directions only, an angle beyond them is undefined.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from core.store.connection import query
from core.store.subsets.base import EVERYTHING, Chosen

Key = tuple[int, int]
"""model_id and condition_id."""


def axis_values(
    connection: duckdb.DuckDBPyConnection,
    key: Key,
    *,
    class_ids: Sequence[int],
    chosen: Chosen = EVERYTHING,
    seed: int = 0,
) -> pl.DataFrame:
    """Every chosen sample's value on each axis, by sample_id.

    Args:
        connection: an open study.
        key: model_id and condition_id.
        class_ids: classes of the angle axes.
        chosen: samples.
        seed: another seed gives other turns; the same gives the same under every key.

    Returns:
        sample_id, label and prediction (class ids), correct, confidence, angle (to the own
        class, NULL for a zero feature), turn (a random number: whoever draws some of the samples
        takes those with the lowest), and v0, v1, …: degrees on the angle axes, then length,
        then margin, NULL where undefined.
    """
    sql = f"""
        SELECT m.sample_id, m.label, m.prediction, m.correct, m.confidence, m.angle, m.angles,
               m.angle_classes, m.length::DOUBLE AS length, m.margin::DOUBLE AS margin,
               hash(m.sample_id, $seed) AS turn
        FROM sample_metrics m
        WHERE {_of_key("m", "key")}{chosen.sql("m")}
        ORDER BY m.sample_id
    """
    found = query(connection, sql, {"seed": seed, **_bound(key=key), **chosen.values()})
    nearest_only = found["angle_classes"].null_count() < found.height
    columns = [
        *(_angle_to(class_id, nearest_only=nearest_only) for class_id in class_ids),
        pl.col("length"),
        pl.col("margin"),
    ]
    return found.select(
        "sample_id", "label", "prediction", "correct", "confidence", "turn",
        pl.col("angle").cast(pl.Float64),
        *(column.alias(f"v{i}") for i, column in enumerate(columns)),
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


def stored_directions(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """How many class directions a row holds angles to: directions; one row, 0 without rows."""
    sql = """
        SELECT coalesce(max(len(angles::FLOAT[])), 0) AS directions
        FROM (SELECT angles FROM sample_metrics LIMIT 1)
    """
    return query(connection, sql)


def confusion(
    connection: duckdb.DuckDBPyConnection, key: Key, *, chosen: Chosen = EVERYTHING
) -> pl.DataFrame:
    """How often samples of one class are predicted as another: label, prediction, samples."""
    sql = f"""
        SELECT label, prediction, count(*) AS samples
        FROM sample_metrics m
        WHERE {_of_key("m", "key")}{chosen.sql("m")}
        GROUP BY label, prediction
        ORDER BY label, prediction
    """
    return query(connection, sql, {**_bound(key=key), **chosen.values()})


def direction_means(
    connection: duckdb.DuckDBPyConnection,
    *,
    reference: Key,
    compared: Key,
    chosen: Chosen = EVERYTHING,
) -> pl.DataFrame:
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
        WHERE {_of_key("m", side)}{chosen.sql("m")}
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
    bound = _bound(reference=reference, compared=compared)
    return query(connection, sql, {**bound, **chosen.values()})


def class_accuracy_change(
    connection: duckdb.DuckDBPyConnection, *, reference: Key, compared: Key
) -> pl.DataFrame:
    """Accuracy of every class under two combinations, over all its samples.

    Returns:
        class_id, samples, reference, compared (fractions right); by class_id.
    """
    sql = f"""
        SELECT r.label AS class_id, r.sample_count AS samples,
               r.correct_count / r.sample_count AS reference,
               c.correct_count / c.sample_count AS compared
        FROM accuracy_rollup r
        JOIN accuracy_rollup c USING (label)
        WHERE {_of_key("r", "reference")} AND {_of_key("c", "compared")}
        ORDER BY class_id
    """
    return query(connection, sql, _bound(reference=reference, compared=compared))


def sample_ids(
    connection: duckdb.DuckDBPyConnection, *, chosen: Chosen = EVERYTHING
) -> pl.DataFrame:
    """Ids of the chosen samples, rising: sample_id."""
    sql = f"SELECT s.sample_id FROM samples s WHERE true{chosen.sql('s')} ORDER BY s.sample_id"
    return query(connection, sql, chosen.values())


def _of_key(alias: str, name: str) -> str:
    return f"({alias}.model_id = ${name}_model AND {alias}.condition_id = ${name}_condition)"


def _bound(**keys: Key) -> dict[str, object]:
    bound: dict[str, object] = {}
    for name, (model_id, condition_id) in keys.items():
        bound[f"{name}_model"], bound[f"{name}_condition"] = model_id, condition_id
    return bound
