"""Which studies lie in a folder, and which files there can't be read."""

from __future__ import annotations

import os
import reprlib
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path

from core.store.connection import connect, first_rows, first_sentence
from core.store.errors import StudyError


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


def studies_folder() -> Path:
    """Where published studies lie: $PRUNESCOPE_STUDIES, or data/ beside the app."""
    named = os.environ.get("PRUNESCOPE_STUDIES")
    return Path(named) if named else Path(__file__).parents[2] / "data"


def list_studies(folder: Path) -> list[StudyFile]:
    """All study files of a folder, newest first, unreadable ones last with their reason.

    A file is anything called `<name>.duckdb`, whatever it turns out to be; no file of the
    folder keeps the others from being listed.
    """
    studies = [_describe(path) for path in study_paths(folder)]
    readable = [study for study in studies if study.published_at is not None]
    readable.sort(key=lambda study: (study.published_at, study.name), reverse=True)
    return readable + [study for study in studies if study.published_at is None]


def study_paths(folder: Path) -> list[Path]:
    """Files of a folder that are called as studies are; hidden ones are being written."""
    return sorted(path for path in folder.glob("*.duckdb") if not path.name.startswith("."))


def _describe(path: Path) -> StudyFile:
    resolved = path
    try:
        resolved = Path(os.path.realpath(path))
        title, published_at = _title(resolved)
    except StudyError as error:
        return StudyFile(path.stem, path, resolved, path.stem, None, str(error))
    except Exception as error:  # whatever a damaged file makes DuckDB or Python raise
        sentence = (
            f"{path.name}: expected a Prunescope study, found a file that can't be read "
            f"({first_sentence(error, resolved)})."
        )
        return StudyFile(path.stem, path, resolved, path.stem, None, sentence)
    return StudyFile(path.stem, path, resolved, title, published_at, None)


def _title(resolved: Path) -> tuple[str, datetime]:
    """Title and time of publishing that a file states.

    Raises:
        StudyError: it is no study, or states no time that a calendar has.
    """
    with connect(resolved) as connection:
        rows = first_rows(connection, "SELECT title, published_at FROM study", limit=1)
    title, published_at = rows[0]
    if isinstance(published_at, datetime) and MINYEAR < published_at.year < MAXYEAR:
        return title, published_at
    raise StudyError(
        f"{resolved.name}: expected a time of publishing, found {reprlib.repr(published_at)}."
    )
