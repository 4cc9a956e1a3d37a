"""Models that a study asks for and that cannot be made: why, so that the rest goes on."""

from __future__ import annotations

from pathlib import Path


def refuse(folder: Path, name: str, reason: str) -> None:
    """Note why a model cannot be made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(reason + "\n", encoding="utf-8")


def refused(folder: Path, name: str) -> str | None:
    """Why a model could not be made when it was last tried, or None."""
    path = folder / f"{name}.txt"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def forget(folder: Path, name: str) -> None:
    """The model could be made after all, or is tried again."""
    (folder / f"{name}.txt").unlink(missing_ok=True)
