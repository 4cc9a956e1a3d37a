"""Whether a published study file is whole: every block of it is read, every combination counted."""

from __future__ import annotations

from pathlib import Path

import duckdb

from core.store.connection import connect, first_sentence
from core.store.errors import StudyError

_INCOMPLETE = """
WITH found AS (
    SELECT model_id, condition_id, count(DISTINCT sample_id) AS samples, count(*) AS rows
    FROM sample_metrics GROUP BY model_id, condition_id
)
SELECT m.name, c.name, coalesce(found.samples, 0)
FROM models m CROSS JOIN conditions c LEFT JOIN found USING (model_id, condition_id)
WHERE coalesce(found.samples, 0) <> (SELECT count(*) FROM samples)
   OR found.rows <> found.samples
ORDER BY m.model_id, c.condition_id
LIMIT 1
"""


def check_study_file(path: Path) -> list[str]:
    """What is wrong with a study file, a sentence each; nothing where it is whole.

    DuckDB keeps a checksum with each block and compares it as it reads; reading every column of
    every table compares them all.

    Args:
        path: the file itself, not a link to it.
    """
    try:
        connection = connect(path)
    except StudyError as error:
        return [str(error)]
    except duckdb.Error as error:
        return [f"{path.name}: can't be opened ({first_sentence(error, path)})."]
    with connection:
        try:
            tables = connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name"
            ).fetchall()
            wrong = [_read(connection, path, table) for (table,) in tables]
            found = [sentence for sentence in wrong if sentence is not None]
            if found:
                return found
            incomplete = connection.execute(_INCOMPLETE).fetchall()
        except duckdb.Error as error:
            return [f"{path.name}: can't be read ({first_sentence(error, path)})."]
    return [
        f"{path.name}: expected every sample once for model {model} under {condition}, found "
        f"{samples} of them."
        for model, condition, samples in incomplete
    ]


def _read(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> str | None:
    """Read a table whole; the sentence that says why it can't be."""
    try:
        connection.execute(f'SELECT bit_xor(hash(t)) FROM "{table}" t').fetchall()
    except duckdb.Error as error:
        return f"{path.name}: table {table} can't be read ({first_sentence(error, path)})."
    return None
