"""Opening a study file read-only, with limits, and asking it."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import tempfile
import textwrap
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.errors import UserError
from core.store.deadlines import DEADLINES
from core.store.schema_check import what_is_missing

SCHEMA_VERSION = 4
"""Of schema.sql; raised when files that were published before lack what is asked of them."""
ANSWER_SECONDS = 2.0
"""How long an unknown file may take to say what it is."""

MOST_INSTANCES = 5
"""Databases that an app has open at once: four versions of studies, and one in memory for pairs."""
MEMORY_SHARE = 0.6
"""Of the machine's or the container's memory, for all databases of the process together."""
QUERY_SECONDS = 60.0


class StudyError(UserError):
    """A file that is no study, or a question it can't answer, in one sentence."""


def _setting(name: str, default: float) -> float:
    """A positive number from the environment.

    Raises:
        StudyError: it is none.
    """
    text = os.environ.get(name)
    try:
        value = default if text is None else float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise StudyError(f"{name}: expected a positive number, found {text!r}.")
    return value


def memory_bytes() -> int:
    """Memory of the container that the process runs in, or of the machine."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            found.append(int(Path(path).read_text()))
    return min(found)


def _memory_limit() -> str:
    """Of one database: the budget ($PRUNESCOPE_MEMORY_MB for all) in equal parts."""
    budget = _setting("PRUNESCOPE_MEMORY_MB", MEMORY_SHARE * memory_bytes() / 1e6)
    return f"{max(32, round(budget / MOST_INSTANCES))}MB"


# One configuration for every connection of a process: DuckDB refuses a second one.
# Without external access a query can't read files or the network, whoever wrote it.
CONFIGURATION: Mapping[str, str | bool] = {
    "memory_limit": _memory_limit(),
    "threads": str(round(_setting("PRUNESCOPE_THREADS", os.cpu_count() or 1))),
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
    "lock_configuration": True,
    # each instance would start eight threads for reading ahead, and every pair table is one
    "async_threads": "1",
    # not beside the study, where an app that was killed would leave it behind
    "temp_directory": str(Path(tempfile.gettempdir()) / "prunescope-spilled"),
}


Connection = duckdb.DuckDBPyConnection
"""What `connect` gives, for layers that need not know of DuckDB."""

Asked = tuple[str, dict[str, Any]]
"""The text of a query and the values bound to it."""
_recording: ContextVar[list[Asked] | None] = ContextVar("recording", default=None)


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
    configuration: dict[str, str | bool | int | float | list[str]] = dict(CONFIGURATION)
    if memory_limit is not None:
        configuration["memory_limit"] = memory_limit
    try:
        is_file = resolved.is_file()
    except OSError as error:
        raise StudyError(
            f"{resolved.name}: expected a study file, found none that can be read ({error})."
        ) from error
    if not is_file:
        raise StudyError(f"{resolved.name}: expected a study file, found no file of that name.")
    try:
        connection = duckdb.connect(str(resolved), read_only=True, config=configuration)
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
    seconds = _setting("PRUNESCOPE_QUERY_SECONDS", QUERY_SECONDS)
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
            f"A question to the study needs more memory than {CONFIGURATION['memory_limit']}: "
            "choose fewer samples or models, or allow more with PRUNESCOPE_MEMORY_MB."
        ) from error
    except duckdb.Error as error:
        raise StudyError(
            "A question to the study has no answer, as where a file is damaged or was changed by "
            f"hand ({_without_path(error)}): check it with python -m pipelines.verify FILE.duckdb."
        ) from error


@contextlib.contextmanager
def recorded() -> Iterator[list[Asked]]:
    """The queries that are asked of study files meanwhile, in this thread, in their order."""
    queries: list[Asked] = []
    token = _recording.set(queries)
    try:
        yield queries
    finally:
        _recording.reset(token)


def record(sql: str, parameters: Mapping[str, Any] | None) -> None:
    """Note a query where somebody records."""
    queries = _recording.get()
    if queries is not None:
        queries.append((sql, dict(parameters or {})))


def query_text(asked: Asked) -> str:
    """A query with the values bound to it, as SQL with a comment."""
    sql, values = asked
    text = f"{textwrap.dedent(sql).strip()};"
    return f"{text}\n-- {json.dumps(values, default=str)}" if values else text


def first_sentence(error: Exception, resolved: Path) -> str:
    """What an error says first, without its full stop; its type if it says nothing.

    Of the study's file it says the name, not where it lies: the app shows the sentence.
    """
    lines = str(error).replace(str(resolved), resolved.name).splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _without_path(error: Exception) -> str:
    """What an error says first, with the names of files in place of their paths."""
    return re.sub(r"(/[^/\s\"']+)*/(?=[^/\s\"']+)", "", first_sentence(error, Path("study")))
