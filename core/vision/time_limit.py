"""A limit on the time of work that others' code does: Python code is stopped where it is."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.errors import InputError


@contextmanager
def time_limit(seconds: float, *, what: str) -> Iterator[None]:
    """Stop the block after so many seconds; without effect off the main thread or on Windows.

    Args:
        seconds: more than 0.
        what: completes the sentence "expected ... within N seconds".

    Raises:
        InputError: the block was stopped.
    """
    usable = hasattr(signal, "setitimer") and (
        threading.current_thread() is threading.main_thread()
    )
    if not usable:
        yield
        return

    def stop(_signal: int, _frame: Any) -> None:
        raise InputError(f"expected {what} within {seconds:g} seconds, found that it takes longer")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
