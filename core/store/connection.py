"""Opening a study file read-only, with limits, and asking it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.store.configuration import configuration, query_seconds
from core.store.deadlines import DEADLINES
from core.store.errors import StudyError
from core.store.recording import record
from core.store.schema_check import what_is_missing

SCHEMA_VERSION = 4
"""Of schema.sql; raised when files that were published before lack what is asked of them."""
ANSWER_SECONDS = 2.0
"""How long an unknown file may take to say what it is."""

Connection = duckdb.DuckDBPyConnection
"""What `connect` gives, for layers that need not know of DuckDB."""


def connect(resolved: Path, *, memory_limit: str | None = None) -> Connection:
    """Open a study read-only.

    The connection is not to be shared by threads: ask through `query`, which takes a
    cursor of its own for each call.

    Args:
        resolved: the file itself, not a link to it: DuckDB keeps serving the old file
            under a path that was replaced.
        memory_limit: of DuckDB, such as `512MB`; the same for all connections of a process to
            one file. None: its own.

    Raises:
        StudyError: no such file, not a DuckDB file, not a study, a study of another
            schema version, or one that lacks a table or column.
    """
    settings: dict[str, str | bool | int | float | list[str]] = dict(configuration())
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    try:
        is_file = resolved.is_file()
    except OSError as error:
        raise StudyError(
            f"{resolved.name}: expected a study file, found none that can be read ({error})."
        ) from error
    if not is_file:
        raise StudyError(f"{resolved.name}: expected a study file, found no file of that name.")
    try:
        connection = duckdb.connect(str(resolved), read_only=True, config=settings)
    except duckdb.Error as error:
        raise StudyError(
            f"{resolved.name}: expected a DuckDB file, found one that DuckDB can't open "
            f"({first_sentence(error, resolved)})."
        ) from error
    try:
        _check_schema_version(connection, resolved)
        _check_tables(connection, resolved)
    except StudyError:
        connection.close()
        raise
    return connection


def _check_schema_version(connection: Connection, resolved: Path) -> None:
    try:
        rows = first_rows(connection, "SELECT schema_version FROM study", limit=2)
    except duckdb.CatalogException as error:
        raise StudyError(
            f"{resolved.name}: expected a Prunescope study, found a DuckDB file without "
            "its table `study`."
        ) from error
    except duckdb.Error as error:
        raise StudyError(
            f"{resolved.name}: expected a Prunescope study, found a DuckDB file that can't say "
            f"its schema version ({first_sentence(error, resolved)})."
        ) from error
    versions = [row[0] for row in rows]
    if versions != [SCHEMA_VERSION]:
        found = versions[0] if len(versions) == 1 else f"{len(versions) or 'no'} study rows"
        newer = isinstance(found, int) and found > SCHEMA_VERSION
        remedy = (
            "a newer version of Prunescope reads it"
            if newer
            else "publish the study again: python -m pipelines.publish STUDY.toml"
        )
        raise StudyError(
            f"{resolved.name}: expected schema version {SCHEMA_VERSION}, found {found}; {remedy}."
        )


def _check_tables(connection: Connection, resolved: Path) -> None:
    try:
        missing = what_is_missing(lambda sql, limit: first_rows(connection, sql, limit=limit))
    except duckdb.Error as error:
        missing = (
            f"expected tables, found none that it can name ({first_sentence(error, resolved)})"
        )
    if missing is not None:
        raise StudyError(
            f"{resolved.name}: {missing}; publish the study again: "
            "python -m pipelines.publish STUDY.toml."
        )


def first_rows(
    connection: Connection, sql: str, *, limit: int, seconds: float = ANSWER_SECONDS
) -> list[tuple[Any, ...]]:
    """The first rows of a query that an unknown file answers, which may hold anything.

    A table may be a view without an end in such a file: the query is stopped after
    `seconds`, between two blocks of rows.

    Raises:
        duckdb.Error: the file has no answer, or none in time.
    """
    try:
        with DEADLINES.within(connection, seconds):
            return connection.execute(f"SELECT * FROM ({sql}) LIMIT {int(limit)}").fetchall()
    except duckdb.InterruptException as error:
        raise duckdb.InterruptException(f"no answer within {seconds:g} seconds") from error


def query(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of one query, through a cursor of its own so that threads don't collide.

    Raises:
        StudyError: it takes longer than $PRUNESCOPE_QUERY_SECONDS (60), or more memory than one
            database may have, or the file is damaged where it is read.
    """
    record(sql, parameters)
    cursor = connection.cursor()
    try:
        return rows_of(cursor, sql, parameters)
    finally:
        cursor.close()


def rows_of(
    cursor: Connection, sql: str, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of one query of a cursor that no other thread uses, with the limits of `query`."""
    seconds = query_seconds()
    try:
        with DEADLINES.within(cursor, seconds):
            frame: pl.DataFrame = cursor.sql(sql, params=dict(parameters or {})).pl()
        return frame
    except duckdb.InterruptException as error:
        raise StudyError(
            f"A question to the study was stopped after {seconds:g} seconds: choose fewer samples "
            "or models, or allow more time with PRUNESCOPE_QUERY_SECONDS."
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise StudyError(
            f"A question to the study needs more memory than {configuration()['memory_limit']}: "
            "choose fewer samples or models, or allow more with PRUNESCOPE_MEMORY_MB."
        ) from error
    except duckdb.Error as error:
        raise StudyError(
            "A question to the study has no answer, as where a file is damaged or was changed by "
            f"hand ({_without_path(error)}): check it with python -m pipelines.verify FILE.duckdb."
        ) from error


def first_sentence(error: Exception, resolved: Path) -> str:
    """What an error says first, without its full stop; its type if it says nothing.

    Of the study's file it says the name, not where it lies: the app shows the sentence.
    """
    lines = str(error).replace(str(resolved), resolved.name).splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _without_path(error: Exception) -> str:
    """What an error says first, with the names of files in place of their paths."""
    return re.sub(r"(/[^/\s\"']+)*/(?=[^/\s\"']+)", "", first_sentence(error, Path("study")))
