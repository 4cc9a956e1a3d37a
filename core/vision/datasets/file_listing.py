"""The files of a folder that a person put there: none hidden, none of a tool's, no dead link."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import InputError

TOOL_NAMES = frozenset(
    {
        "@eadir",
        "@recycle",
        "#recycle",
        "__macosx",
        "__pycache__",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
    }
)


@dataclass
class Listing:
    """What lies below a folder.

    Attributes:
        files: those with one of the suffixes asked for, by their path.
        others: how many other files there are, by suffix.
        hidden: how many files and folders are hidden or a tool's.
    """

    files: list[Path] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    hidden: int = 0

    def ignored(self) -> str:
        """What was left out, for people; empty if nothing was."""
        parts = [f"{count} {suffix or 'without a suffix'}" for suffix, count in self.others.items()]
        if self.hidden:
            parts.append(f"{self.hidden} hidden or a tool's")
        return ", ".join(sorted(parts))


def is_of_a_tool(name: str) -> bool:
    """Whether a file or folder of that name is hidden or made by a tool for itself."""
    return name.startswith(".") or name.lower() in TOOL_NAMES


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder, also those that are linked, by name.

    Raises:
        InputError: it cannot be read.
    """
    return sorted(
        path for path in _entries(folder) if path.is_dir() and not is_of_a_tool(path.name)
    )


def list_files(folder: Path, suffixes: Collection[str]) -> Listing:
    """All files below a folder, through linked folders too, each folder once.

    Args:
        folder: may lie in a hidden folder itself.
        suffixes: in lower case, with their point.

    Raises:
        InputError: a folder that cannot be read, or a link that leads nowhere where its name is
            one of those asked for.
    """
    listing = Listing()
    _walk(folder, frozenset(suffixes), listing, (os.path.realpath(folder),))
    listing.files.sort()
    return listing


def _walk(folder: Path, suffixes: frozenset[str], listing: Listing, above: tuple[str, ...]) -> None:
    for path in _entries(folder):
        suffix = path.suffix.lower()
        if is_of_a_tool(path.name):
            listing.hidden += 1
        elif path.is_dir():
            real = os.path.realpath(path)
            if real not in above:  # else a link to a folder that it lies in
                _walk(path, suffixes, listing, (*above, real))
        elif path.is_file():
            if suffix in suffixes:
                listing.files.append(path)
            else:
                listing.others[suffix] += 1
        elif suffix in suffixes or not suffix:
            kind = "no file"
            if path.is_symlink():
                kind = f"a link to {path.readlink()}, which is not there"
            raise InputError(f"expected a file at {path}, found {kind}")


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise InputError(
            f"expected a folder that can be read at {folder}, found: {error.strerror}"
        ) from error
