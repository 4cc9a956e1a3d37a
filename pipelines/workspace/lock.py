"""One command at a time works on a study: the lock, and who holds it."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from core.files import remove_partial_files
from pipelines.errors import PipelineError
from pipelines.progress import CONSOLE


@contextmanager
def locked(folder: Path, *, command: str, wait: bool = True) -> Iterator[None]:
    """Hold a study's folder of work for a command; what killed commands left there is removed.

    The operating system frees the lock when its holder ends, however it ends.

    Args:
        folder: of one study's work.
        command: what is run, to be told to others.
        wait: until another command is done; False refuses at once.

    Raises:
        PipelineError: another command holds it and `wait` is False, or the folder is no place
            to write in.
    """
    path = folder.with_name(f".{folder.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            said = f"{folder.name} is being worked on by {_holder(path)}"
            if not wait:
                raise PipelineError(f"{said}; try again when it is done.") from None
            CONSOLE.print(f"{said}: waiting for it to end.", soft_wrap=True)
            lock.acquire()
    except OSError as error:
        raise PipelineError(
            f"{path}: expected a folder to write in, found {error.strerror or error}."
        ) from error
    try:
        _note_holder(path, command)
        remove_partial_files(folder)
        yield
    finally:
        _holder_path(path).unlink(missing_ok=True)
        lock.release()


def _note_holder(path: Path, command: str) -> None:
    since = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    holder = {"process": os.getpid(), "host": socket.gethostname(), "since": since}
    _holder_path(path).write_text(json.dumps({**holder, "command": command}), encoding="utf-8")


def _holder(path: Path) -> str:
    try:
        found = json.loads(_holder_path(path).read_text(encoding="utf-8"))
        return (
            f"{found['command']} (process {found['process']} on {found['host']}, since "
            f"{found['since']})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "another command"  # it has the lock, and has not written its name yet


def _holder_path(path: Path) -> Path:
    return path.with_suffix(".holder")


def command_name() -> str:
    """The command of this process as one would type it, without its arguments."""
    module = getattr(sys.modules["__main__"], "__spec__", None)
    return f"python -m {module.name}" if module is not None else Path(sys.argv[0]).name
