"""From finished shards to the file that the app reads.

The file is built beside its destination, checked, moved to a name of its own
version, and then a pointer is moved to it, each in one atomic step: a reader sees
the old study or the new one, and whatever goes wrong before leaves the old one.
Two studies of one published name would take each other's place: the second is refused.
"""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock

from core.files import partial_files_of, replacing
from core.store.connection import connect, first_rows
from core.store.errors import StudyError
from core.store.rows import StudyContents
from core.store.writing.build import build_study_file, explaining
from core.store.writing.errors import PublishError

KEPT_VERSIONS = 2
STAMP = "%Y%m%dT%H%M%S%f"


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
            disk is full or not to be written on, or the name belongs to another study or to a
            file that publishing did not make.
    """
    name = contents.study.name
    pointer = folder / f"{name}.duckdb"
    if pointer.exists() and not pointer.is_symlink():
        raise PublishError(
            f"{pointer} is a file of its own, not a published study: expected another study "
            f"name than {name!r}."
        )
    versions = folder / "versions"
    with explaining(pointer):
        versions.mkdir(parents=True, exist_ok=True)
        # for this name alone: another study is published at the same time
        with FileLock(folder / f".{name}.lock"):
            _check_owner(pointer, contents)
            for unfinished in _named(versions, ".building-{}-*", name):
                unfinished.unlink()
            for moving in partial_files_of(pointer):
                moving.unlink()
            published_at = datetime.now(UTC).replace(tzinfo=None)
            version = versions / f"{name}-{published_at:{STAMP}}.duckdb"
            build_study_file(contents, version, published_at=published_at, on_model=on_model)
            _move_pointer(pointer, version)
            for old in _named(versions, "{}-*", name)[:-KEPT_VERSIONS]:
                old.unlink()
    return version


def _check_owner(pointer: Path, contents: StudyContents) -> None:
    """Refuse to publish over another study, such as `a` with test set `b` over `a-b`."""
    found = _published(pointer, "configuration")
    theirs = None if found is None else json.loads(found).get("name")
    ours = json.loads(contents.study.configuration).get("name")
    if theirs is not None and theirs != ours:
        raise PublishError(
            f"{pointer} is of the study {theirs!r}: expected another name than "
            f"{contents.study.name!r} for what the study {ours!r} publishes."
        )


def published_fingerprint(folder: Path, name: str) -> str | None:
    """`content_sha256` of the published study of that name; None where there is none to be read."""
    return _published(folder / f"{name}.duckdb", "content_sha256")


def _published(pointer: Path, column: str) -> str | None:
    """What a published file states of itself; None where there is none to be read."""
    try:
        with connect(Path(os.path.realpath(pointer))) as connection:
            rows = first_rows(connection, f"SELECT {column} FROM study", limit=1)
    except (StudyError, duckdb.Error):
        return None
    return str(rows[0][0])


def _move_pointer(pointer: Path, version: Path) -> None:
    with replacing(pointer) as moving:
        moving.symlink_to(Path(version.parent.name) / version.name)


def _named(versions: Path, pattern: str, name: str) -> list[Path]:
    """Files of one study's versions, oldest first; the stamp has no hyphen, so names don't mix."""
    prefix = pattern.removesuffix("*").format(name)
    return sorted(
        path
        for path in versions.glob(f"{glob.escape(prefix)}*")
        if re.fullmatch(r"\d{8}T\d{12}\.duckdb(\.wal)?", path.name.removeprefix(prefix))
    )
