"""From finished shards to the file that the app reads.

The file is built beside its destination, checked, moved to a name of its own
version, and then a pointer is moved to it, each in one atomic step: a reader sees
the old study or the new one, and whatever goes wrong before leaves the old one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.store.connection import StudyError, connect, first_rows
from core.store.rows import StudyContents
from core.store.writing.build import build_study_file
from core.store.writing.errors import PublishError

KEPT_VERSIONS = 2


def publish(
    contents: StudyContents, folder: Path, *, on_model: Callable[[str], None] | None = None
) -> Path:
    """Publish a study as `<folder>/<name>.duckdb`, a link to its newest version.

    Args:
        contents: what the file is made from.
        folder: where the app looks for studies.
        on_model: called with each model's name when its rows are in.

    Returns:
        The new version's own file.

    Raises:
        PublishError: a shard is missing or has other rows than the study's samples, the
            disk is full, or the name belongs to a file that publishing did not make.
    """
    pointer = folder / f"{contents.study.name}.duckdb"
    if pointer.exists() and not pointer.is_symlink():
        raise PublishError(
            f"{pointer} is a file of its own, not a published study: expected another study "
            f"name than {contents.study.name!r}."
        )
    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    for unfinished in versions.glob(f".building-{contents.study.name}-*"):
        unfinished.unlink()
    published_at = datetime.now(UTC).replace(tzinfo=None)
    version = versions / f"{contents.study.name}-{published_at:%Y%m%dT%H%M%S%f}.duckdb"
    build_study_file(contents, version, published_at=published_at, on_model=on_model)
    _move_pointer(pointer, version)
    for old in _versions(versions, contents.study.name)[:-KEPT_VERSIONS]:
        old.unlink()
    return version


def published_fingerprint(folder: Path, name: str) -> str | None:
    """`content_sha256` of the published study of that name; None where there is none to be read."""
    resolved = Path(os.path.realpath(folder / f"{name}.duckdb"))
    try:
        with connect(resolved) as connection:
            rows = first_rows(connection, "SELECT content_sha256 FROM study", limit=1)
    except (StudyError, duckdb.Error):
        return None
    return str(rows[0][0])


def _move_pointer(pointer: Path, version: Path) -> None:
    moving = pointer.with_name(f".moving-{pointer.name}")
    moving.unlink(missing_ok=True)
    moving.symlink_to(Path(version.parent.name) / version.name)
    moving.replace(pointer)


def _versions(versions: Path, name: str) -> list[Path]:
    """Versions of one study, oldest first; the stamp has no hyphen, so names don't mix."""
    return sorted(
        path for path in versions.glob(f"{name}-*.duckdb") if path.stem.rpartition("-")[0] == name
    )
