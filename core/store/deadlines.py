"""Queries that are interrupted when they take too long, watched by one thread for all."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

PRECISION_SECONDS = 0.05


class Interruptible(Protocol):
    """What runs queries, such as a DuckDB connection or cursor."""

    def interrupt(self) -> None:
        """Make the query that runs now raise an error; nothing where none runs."""


class Deadlines:
    """Interrupts each block that is still running after its time; a thread a block costs more."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[float, Interruptible]] = {}
        self._numbers = itertools.count()
        self._begun = threading.Event()
        self._started = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, connection: Interruptible, seconds: float) -> Iterator[None]:
        """Interrupt what the connection does if the block takes longer."""
        self._start()
        number = next(self._numbers)
        self._running[number] = time.monotonic() + seconds, connection
        self._begun.set()
        try:
            yield
        finally:
            self._running.pop(number, None)

    def _start(self) -> None:
        with self._started:
            if self._thread is None or not self._thread.is_alive():  # as after a fork
                self._thread = threading.Thread(target=self._watch, daemon=True, name="deadlines")
                self._thread.start()

    def _watch(self) -> None:
        while True:
            self._begun.wait()
            self._begun.clear()
            while self._running:
                self._interrupt_late()
                time.sleep(PRECISION_SECONDS)

    def _interrupt_late(self) -> None:
        """A function of its own: a connection in a thread's variables would outlive its use."""
        now = time.monotonic()
        for deadline, connection in list(self._running.values()):
            if deadline <= now:
                connection.interrupt()


DEADLINES = Deadlines()
