"""Questions about the angles to all class directions, and the confusion behind them.

The axes of one question are the angles to some classes, in the given order, then length,
then margin. As in `core.store.queries`, `chosen` says which samples they are about.
Where a study stores the nearest directions only, an angle beyond them is undefined.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from core.store.database import query
from core.store.subset import EVERYTHING, Chosen

Key = tuple[int, int]
"""model_id and condition_id."""


def axis_lines(
    connection: duckdb.DuckDBPyConnection,
    key: Key,
    *,
    class_ids: Sequence[int],
    chosen: Chosen = EVERYTHING,
    first: Sequence[int] = (),
    limit: int,
    seed: int = 0,
) -> pl.DataFrame:
    """Samples to draw, at most `limit`, by sample_id; which ones is up to the seed.

    Args:
        connection: an open study.
        key: model_id and condition_id.
        class_ids: classes of the angle axes.
        chosen: samples.
        first: samples that are taken before all others.
        limit: at most so many rows.
        seed: another seed takes other samples; the same takes the same under every key.

    Returns:
        sample_id, class, predicted, correct, confidence, axes (list of the
        values on each axis: degrees, then length, then margin).
    """
    sql = f"""
        WITH drawn AS (
            SELECT m.*
            FROM sample_metrics m
            WHERE {_of_key("m", "key")}{chosen.sql("m")}
            QUALIFY row_number() OVER (
                ORDER BY m.sample_id IN (SELECT unnest($first::INTEGER[])) DESC,
                         hash(m.sample_id, $seed), m.sample_id
            ) <= $limit
        )
        SELECT m.sample_id, c.name AS class, p.name AS predicted, m.correct, m.confidence,
               {_values("m", class_ids)} AS axes
        FROM drawn m
        JOIN classes c ON c.class_id = m.label
        JOIN classes p ON p.class_id = m.prediction
        ORDER BY m.sample_id
    """
    values = {"first": list(first), "limit": limit, "seed": seed}
    return query(connection, sql, {**values, **_bound(class_ids, key=key), **chosen.values()})


def axis_histograms(
    connection: duckdb.DuckDBPyConnection,
    key: Key,
    *,
    class_ids: Sequence[int],
    ranges: Sequence[tuple[float, float]],
    bins: int,
    chosen: Chosen = EVERYTHING,
) -> pl.DataFrame:
    """Counts on each axis in equal bins; values outside count in the outermost bins.

    Args:
        connection: an open study.
        key: model_id and condition_id.
        class_ids: classes of the angle axes.
        ranges: low and high of each axis, those of length and margin last.
        bins: bins between low and high.
        chosen: samples.

    Returns:
        axis (0-based), bin (0-based), samples; empty bins are absent.
    """
    sql = f"""
        WITH places AS (
            SELECT unnest(range(len($lows))) AS axis, unnest({_values("m", class_ids)}) AS value,
                   unnest($lows::DOUBLE[]) AS low, unnest($highs::DOUBLE[]) AS high
            FROM sample_metrics m
            WHERE {_of_key("m", "key")}{chosen.sql("m")}
        )
        SELECT axis,
               greatest(0, least($bins - 1, floor((value - low) / (high - low) * $bins)))::INTEGER
                   AS bin,
               count(*) AS samples
        FROM places
        WHERE value IS NOT NULL
        GROUP BY ALL
        ORDER BY axis, bin
    """
    values = {
        "lows": [low for low, _ in ranges],
        "highs": [high for _, high in ranges],
        "bins": bins,
    }
    return query(connection, sql, {**values, **_bound(class_ids, key=key), **chosen.values()})


def axis_moments(
    connection: duckdb.DuckDBPyConnection,
    key: Key,
    *,
    class_ids: Sequence[int],
    chosen: Chosen = EVERYTHING,
) -> pl.DataFrame:
    """Mean and spread on each axis.

    Returns:
        axis, samples (all chosen), defined (of these, with a value), mean, deviation
        (of the samples, NULL below two); by axis.
    """
    sql = f"""
        SELECT axis, count(*) AS samples, count(value) AS defined, avg(value) AS mean,
               stddev_samp(value) AS deviation
        FROM (
            SELECT unnest(range({len(class_ids) + 2})) AS axis,
                   unnest({_values("m", class_ids)}) AS value
            FROM sample_metrics m
            WHERE {_of_key("m", "key")}{chosen.sql("m")}
        )
        GROUP BY axis
        ORDER BY axis
    """
    return query(connection, sql, {**_bound(class_ids, key=key), **chosen.values()})


def axis_differences(
    connection: duckdb.DuckDBPyConnection,
    *,
    reference: Key,
    compared: Key,
    class_ids: Sequence[int],
    bins: int,
    chosen: Chosen = EVERYTHING,
) -> pl.DataFrame:
    """Compared minus reference on each axis, the same samples, as a histogram.

    Returns:
        axis, bin, samples (in the bin), mean (of the differences in the bin), by axis and
        bin; `bins` equal bins between the smallest and the largest difference. Samples
        without a value on either side are left out.
    """
    sql = f"""
        WITH pairs AS (
            SELECT unnest(range({len(class_ids) + 2})) AS axis,
                   unnest({_values("c", class_ids)}) - unnest({_values("r", class_ids)})
                       AS difference
            FROM sample_metrics r
            JOIN sample_metrics c USING (sample_id)
            WHERE {_of_key("r", "reference")} AND {_of_key("c", "compared")}{chosen.sql("r")}
        ), ends AS (
            SELECT axis, min(difference) AS low, max(difference) AS high FROM pairs GROUP BY axis
        )
        SELECT axis,
               if(high > low, least($bins - 1, floor((difference - low) / (high - low) * $bins)), 0)
                   ::INTEGER AS bin,
               count(*) AS samples, avg(difference) AS mean
        FROM pairs JOIN ends USING (axis)
        WHERE difference IS NOT NULL
        GROUP BY ALL
        ORDER BY axis, bin
    """
    bound = _bound(class_ids, reference=reference, compared=compared)
    return query(connection, sql, {"bins": bins, **bound, **chosen.values()})


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
    return query(connection, sql, {**_bound((), key=key), **chosen.values()})


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
    bound = _bound((), reference=reference, compared=compared)
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
    return query(connection, sql, _bound((), reference=reference, compared=compared))


def sample_ids(
    connection: duckdb.DuckDBPyConnection, *, chosen: Chosen = EVERYTHING
) -> pl.DataFrame:
    """Ids of the chosen samples, rising: sample_id."""
    sql = f"SELECT s.sample_id FROM samples s WHERE true{chosen.sql('s')} ORDER BY s.sample_id"
    return query(connection, sql, chosen.values())


def _of_key(alias: str, name: str) -> str:
    return f"({alias}.model_id = ${name}_model AND {alias}.condition_id = ${name}_condition)"


def _bound(class_ids: Sequence[int], **keys: Key) -> dict[str, object]:
    bound: dict[str, object] = {f"axis_{i}": class_id for i, class_id in enumerate(class_ids)}
    for name, (model_id, condition_id) in keys.items():
        bound[f"{name}_model"], bound[f"{name}_condition"] = model_id, condition_id
    return bound


def _values(alias: str, class_ids: Sequence[int]) -> str:
    """A list of the values on all axes; the own angle is always there, others may be undefined."""
    angles = [
        f"CASE WHEN {alias}.label = $axis_{i} THEN {alias}.angle "
        f"WHEN {alias}.angle_classes IS NULL THEN {alias}.angles[$axis_{i} + 1] "
        f"ELSE {alias}.angles[list_position({alias}.angle_classes, $axis_{i}::USMALLINT)] END"
        for i in range(len(class_ids))
    ]
    return f"[{', '.join([*angles, f'{alias}.length', f'{alias}.margin'])}]::DOUBLE[]"
