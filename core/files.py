"""Files that appear whole: written beside their place, flushed to the disk, then renamed."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial-"
"""How names of unfinished files begin; each has a further part of its own."""
_DIGITS = 12


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new path that takes the place of `path` when the block ends without an error.

    Readers see the old file or the new one, whole, whatever interrupts: the content reaches the
    disk before the name does. No two writers share a partial file.

    Args:
        path: the file to make or to replace; its folder is made.

    Raises:
        OSError: what the block raises, or no right to write there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_path(path)
    try:
        yield partial
        flush(partial)
        partial.replace(path)
        flush(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def partial_path(path: Path) -> Path:
    """A new name beside a path for what is not finished."""
    return path.with_name(f"{PARTIAL}{uuid.uuid4().hex[:_DIGITS]}-{path.name}")


def flush(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # folders can't be opened there
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def partial_files_of(path: Path) -> list[Path]:
    """What `partial_path` named for this path and no other, and is still there."""
    digits = f"[0-9a-f]{{{_DIGITS}}}"
    named = re.compile(f"{re.escape(PARTIAL)}{digits}-{re.escape(path.name)}")
    return sorted(one for one in path.parent.glob(f"{PARTIAL}*") if named.fullmatch(one.name))


def remove_partial_files(folder: Path) -> int:
    """Remove what killed writers left under a folder; only for its one owner.

    Returns:
        How many files those were.
    """
    partial = [path for path in folder.rglob(f"{PARTIAL}*") if path.is_file()]
    for path in partial:
        path.unlink(missing_ok=True)
    return len(partial)
