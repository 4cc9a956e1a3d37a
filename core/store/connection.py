"""Finding study files, opening them read-only, asking them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.errors import UserError

SCHEMA_VERSION = 1

# One configuration for every connection of a process: DuckDB refuses a second one.
# Without external access a query can't read files or the network, whoever wrote it.
CONFIGURATION: Mapping[str, str | bool] = {
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
    "lock_configuration": True,
    # not beside the study, where an app that was killed would leave it behind
    "temp_directory": str(Path(tempfile.gettempdir()) / "prunescope-spilled"),
}


Connection = duckdb.DuckDBPyConnection
"""What `connect` gives, for layers that need not know of DuckDB."""


class StudyError(UserError):
    """A file that is no study, or a question it can't answer, in one sentence."""


@dataclass(frozen=True)
class StudyFile:
    """A study as the app lists it.

    Attributes:
        name: the file's name without its suffix.
        path: where people find it, `<folder>/<name>.duckdb`.
        resolved: the file behind it; a newly published version has another one.
        title: one line for people; the name where the file can't be read.
        published_at: UTC; None where the file can't be read.
        error: why it can't be read, or None.
    """

    name: str
    path: Path
    resolved: Path
    title: str
    published_at: datetime | None
    error: str | None


def connect(resolved: Path) -> Connection:
    """Open a study read-only.

    The connection is not to be shared by threads: ask through `query`, which takes a
    cursor of its own for each call.

    Args:
        resolved: the file itself, not a link to it: DuckDB keeps serving the old file
            under a path that was replaced.

    Raises:
        StudyError: no such file, not a DuckDB file, not a study, or a study of another
            schema version.
    """
    if not resolved.is_file():
        raise StudyError(f"{resolved.name}: expected a study file, found no file at {resolved}.")
    try:
        connection = duckdb.connect(str(resolved), read_only=True, config=dict(CONFIGURATION))
    except duckdb.Error as error:
        raise StudyError(
            f"{resolved.name}: expected a DuckDB file, found one that DuckDB can't open "
            f"({_first_sentence(error)})."
        ) from error
    try:
        _check_schema_version(connection, resolved)
    except StudyError:
        connection.close()
        raise
    return connection


def _check_schema_version(connection: duckdb.DuckDBPyConnection, resolved: Path) -> None:
    try:
        rows = connection.execute("SELECT schema_version FROM study").fetchall()
    except duckdb.Error as error:
        raise StudyError(
            f"{resolved.name}: expected a Prunescope study, found a DuckDB file without "
            "its table `study`."
        ) from error
    versions = [row[0] for row in rows]
    if versions != [SCHEMA_VERSION]:
        found = versions[0] if len(versions) == 1 else f"{len(versions)} study rows"
        raise StudyError(
            f"{resolved.name}: expected schema version {SCHEMA_VERSION}, found {found}; "
            "publish the study again with this version of Prunescope."
        )


def query(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of one query, through a cursor of its own so that threads don't collide."""
    cursor = connection.cursor()
    try:
        frame: pl.DataFrame = cursor.sql(sql, params=dict(parameters or {})).pl()
        return frame
    finally:
        cursor.close()


def studies_folder() -> Path:
    """Where published studies lie: $PRUNESCOPE_STUDIES, or data/ beside the app."""
    named = os.environ.get("PRUNESCOPE_STUDIES")
    return Path(named) if named else Path(__file__).parents[2] / "data"


def list_studies(folder: Path) -> list[StudyFile]:
    """All study files of a folder, newest first, unreadable ones last with their reason."""
    studies = [_describe(path) for path in sorted(folder.glob("*.duckdb"))]
    readable = [study for study in studies if study.published_at is not None]
    readable.sort(key=lambda study: (study.published_at, study.name), reverse=True)
    return readable + [study for study in studies if study.published_at is None]


def _describe(path: Path) -> StudyFile:
    resolved = Path(os.path.realpath(path))
    try:
        connection = connect(resolved)
    except StudyError as error:
        return StudyFile(path.stem, path, resolved, path.stem, None, str(error))
    with connection:
        row = connection.execute("SELECT title, published_at FROM study").fetchall()[0]
    return StudyFile(path.stem, path, resolved, row[0], row[1], None)


def _first_sentence(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
