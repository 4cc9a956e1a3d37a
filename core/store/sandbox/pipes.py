"""Talking with a child process: lines with a deadline, answers with a limit, its end."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import time
from collections.abc import Mapping
from typing import IO, Any

HEADER_BYTES = 10_000
CHUNK = 1 << 20


class PipeReader:
    """Reads a pipe with a deadline and a limit.

    Args:
        pipe: the child's output.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._descriptor = pipe.fileno()
        self._read = b""

    def line(self, deadline: float) -> bytes:
        """The next line without its end; nothing where the other side is gone.

        Raises:
            TimeoutError: it did not come by then, in seconds of `time.monotonic`.
        """
        while b"\n" not in self._read[:HEADER_BYTES]:
            part = self._part(deadline)
            if not part or len(self._read) > HEADER_BYTES:
                return b""
            self._read += part
        line, _, self._read = self._read.partition(b"\n")
        return line

    def rest(self, deadline: float, most: int) -> bytes:
        """Everything up to the end.

        Raises:
            TimeoutError: there was no end by then.
            OverflowError: it is more than `most` bytes.
        """
        parts, held = [self._read], len(self._read)
        while part := self._part(deadline):
            parts.append(part)
            held += len(part)
            if held > most:
                raise OverflowError
        return b"".join(parts)

    def _part(self, deadline: float) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
        return os.read(self._descriptor, CHUNK)


def send(child: subprocess.Popen[bytes], message: Mapping[str, Any]) -> None:
    """Write a message as a line of JSON."""
    assert child.stdin is not None
    # a child that is gone says so by its silence
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(message).encode() + b"\n")
        child.stdin.flush()


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill a child, wait for its end and close its pipes."""
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
