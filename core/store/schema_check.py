"""Whether a file holds the tables and columns of schema.sql, as tables and of their types."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

SCHEMA = Path(__file__).with_name("schema.sql")
# a view may be endless, or fail on the rows that are read last: it is no table
_COLUMNS = r"""
    SELECT c.table_name || '.' || c.column_name,
           regexp_replace(c.data_type, '\[\d+\]$', '[…]')
           || if(c.is_nullable, '', ' NOT NULL')
    FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid, schema_name, database_name)
    WHERE NOT c.internal AND c.database_name = current_database() AND c.schema_name = 'main'
    ORDER BY c.table_oid, c.column_index
"""
_MOST = 5_000

Ask = Callable[[str, int], list[tuple[Any, ...]]]
"""A query and how many rows it may give -> its rows."""


def what_is_missing(ask: Ask) -> str | None:
    """The first column that a file lacks, as `expected …, found …`; None where all are there.

    Args:
        ask: puts a query to the file; what it raises is handed on.
    """
    found: dict[str, str] = dict(ask(_COLUMNS, _MOST))
    for column, expected in _expected():
        if found.get(column) != expected:
            return f"expected {expected} as {column}, found {found.get(column, 'none')}"
    return None


@cache
def _expected() -> tuple[tuple[str, str], ...]:
    """Every column of schema.sql with its type."""
    with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8").replace("{angle_count}", "1"))
        return tuple(connection.execute(_COLUMNS).fetchall())
