"""Samples under two combinations page by page, sorted by a metric or by how it changes."""

from __future__ import annotations

import polars as pl

from core.metrics import METRICS
from core.store.combination import of_key
from core.store.connection import Connection, query
from core.store.queries.paired import PairedSamples

ROLES = {"reference": "r", "compared": "m"}
_UNDER = {
    f"{role}_{metric}": METRICS[metric].sql(alias)
    for role, alias in ROLES.items()
    for metric in METRICS
}
SORTS: dict[str, str] = {
    "lost": f"{_UNDER['reference_true_probability']} - {_UNDER['compared_true_probability']}",
    **{
        f"change_{metric}": f"{_UNDER[f'compared_{metric}']} - {_UNDER[f'reference_{metric}']}"
        for metric in METRICS
    },
    **_UNDER,
    "id": "m.sample_id",
}
"""What the samples can be sorted by, by the name that links carry; `lost` is the true-class
probability that the compared loses against the reference."""

_JOINED = f"""
    FROM sample_metrics m
    JOIN sample_metrics r USING (sample_id)
    WHERE {of_key("m", "compared_")} AND {of_key("r", "reference_")}
"""
_OUTCOME = """CASE WHEN r.correct AND m.correct THEN 'both right' WHEN r.correct THEN 'broken'
                     WHEN m.correct THEN 'fixed' ELSE 'both wrong' END"""


def gallery_page(
    connection: Connection,
    paired: PairedSamples,
    *,
    sort: str,
    descending: bool,
    limit: int,
    offset: int,
) -> pl.DataFrame:
    """Some samples in an order: one page of a gallery.

    Args:
        connection: an open study.
        paired: both combinations, and samples.
        sort: one of SORTS; samples without the value come last, equal ones by id.
        descending: the largest value first.
        limit: samples on a page.
        offset: samples before the page.

    Returns:
        sample_id, class, predicted_before, predicted_after (class names), outcome, and
        reference_ and compared_ every metric of `METRICS`, in the order asked for.

    Raises:
        KeyError: no such sort.
    """
    direction = "DESC" if descending else "ASC"
    metrics = ", ".join(f"{sql} AS {name}" for name, sql in _UNDER.items())
    sql = f"""
        WITH page AS (
            SELECT m.sample_id, m.label, r.prediction AS before, m.prediction AS after,
                   {_OUTCOME} AS outcome, {metrics}, {SORTS[sort]} AS sorted_by
            {_JOINED}{paired.sample_filter.sql("m")}
            ORDER BY sorted_by {direction} NULLS LAST, m.sample_id
            LIMIT $limit OFFSET $offset
        )
        SELECT sample_id, t.name AS class, b.name AS predicted_before, a.name AS predicted_after,
               page.* EXCLUDE (sample_id, label, before, after, sorted_by)
        FROM page
        JOIN classes t ON t.class_id = label
        JOIN classes b ON b.class_id = before
        JOIN classes a ON a.class_id = after
        ORDER BY sorted_by {direction} NULLS LAST, sample_id
    """
    return query(connection, sql, {**paired.values(), "limit": limit, "offset": offset})


def largest_changes(connection: Connection, paired: PairedSamples) -> pl.DataFrame:
    """The largest absolute change of each metric over the samples: one row, a column a metric.

    NULL where no sample has the metric under both combinations.
    """
    changes = ", ".join(f"max(abs({SORTS[f'change_{name}']})) AS {name}" for name in METRICS)
    sql = f"SELECT {changes}{_JOINED}{paired.sample_filter.sql('m')}"
    return query(connection, sql, paired.values())
