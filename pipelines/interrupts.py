"""Ctrl-C and SIGTERM end a command with the same sentence, also while it still imports."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType, TracebackType

INTERRUPTED = 130
STOPPED = "Stopped. Nothing finished is lost: run the same command again to go on."


def say_when_stopped() -> None:
    """Treat SIGTERM as Ctrl-C, and say so where nobody catches either, for this process."""
    signal.signal(signal.SIGTERM, _stop)
    sys.excepthook = _say


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _say(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    print(STOPPED, flush=True)
    sys.stderr.flush()
    os._exit(INTERRUPTED)
