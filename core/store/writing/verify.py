"""A check that a study file holds what it was made from, before anyone is shown it."""

from __future__ import annotations

from core.store.connection import Connection
from core.store.rows import StudyContents
from core.store.writing.errors import PublishError
from core.store.writing.rows_digest import RowsDigest
from core.store.writing.shards import shard_rows_digest, shard_schema


def verify(connection: Connection, contents: StudyContents) -> None:
    """Check that every combination holds every sample once, with its label, in order, as measured.

    The order by (model, condition, sample) is what makes queries fast. The file has just
    been written, so row ids count from 0: each row's place is known.

    Args:
        connection: to the finished file.
        contents: what it was made from.

    Raises:
        PublishError: a combination lacks samples, has others, has them out of order, or has other
            rows than those that were measured; the sentence names the first one.
    """
    _verify_samples(connection, contents)
    for model_id in range(len(contents.models)):
        _verify_rows(connection, contents, model_id)


def _verify_rows(connection: Connection, contents: StudyContents, model_id: int) -> None:
    """Compare the rows of one model with the digests that were made when they were measured."""
    model = contents.models[model_id].name
    count = contents.samples.height
    schema = shard_schema(len(contents.class_names))
    columns = ", ".join(schema.names)
    sql = (
        f"SELECT {columns} FROM sample_metrics WHERE model_id = $model_id "
        "ORDER BY condition_id, sample_id"
    )
    rows = connection.sql(sql, params={"model_id": model_id}).to_arrow_table().combine_chunks()
    for condition_id, condition in enumerate(contents.conditions):
        digest = RowsDigest(schema)
        digest.add(rows.slice(condition_id * count, count))
        path = contents.shards[model, condition.name]
        if digest.hexdigest() != shard_rows_digest(path):
            raise PublishError(
                f"model {model}, condition {condition.name}: expected the rows that were measured, "
                f"found others in {path}."
            )


def _verify_samples(connection: Connection, contents: StudyContents) -> None:
    wrong = connection.execute(
        """
        WITH ranked AS (
            SELECT sample_id, label, row_number() OVER (ORDER BY sample_id) - 1 AS rank,
                   count(*) OVER () AS samples
            FROM samples
        ),
        found AS (
            SELECT model_id, condition_id, count(*) AS rows
            FROM sample_metrics m JOIN ranked s USING (sample_id, label)
            WHERE m.rowid = (model_id::BIGINT * $conditions + condition_id) * samples + rank
            GROUP BY model_id, condition_id
        )
        SELECT models.name, conditions.name, coalesce(found.rows, 0)
        FROM models CROSS JOIN conditions
        LEFT JOIN found USING (model_id, condition_id)
        WHERE coalesce(found.rows, 0) <> $expected
        ORDER BY model_id, condition_id
        LIMIT 1
        """,
        {"expected": contents.samples.height, "conditions": len(contents.conditions)},
    ).fetchall()
    if wrong:
        model, condition, found = wrong[0]
        raise PublishError(
            f"model {model}, condition {condition}: expected the study's "
            f"{contents.samples.height} samples with their labels, found {found} of them."
        )
