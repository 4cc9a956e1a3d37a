"""Running ad-hoc SQL in child processes: one for each query, the next one started ahead.

A child that waits has the study open and has seen no query; none sees two. So what a query costs
beyond itself is a few milliseconds, and nothing of it is left for the next.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.store.errors import StudyError
from core.store.sandbox.limits import MEGABYTE, Limits
from core.store.sandbox.pipes import CHUNK, PipeReader, end, send
from core.store.sandbox.statement import MEMORY

START_SECONDS = 60
"""To start Python, DuckDB and the study on a machine that is busy."""
WAIT_SECONDS = 15
"""For one's turn, before one is told to come back."""
_NO_CHILD = "The study can't be opened for queries just now: try again."
_ROOT = Path(__file__).parents[3]
# NumPy would take half of the start, and neither DuckDB nor PyArrow needs it here
_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); sys.modules['numpy'] = None; "
    "from core.store.sandbox.child import main; main()"
)
# nothing of the app's own environment: it may hold secrets
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "HOME": "/nonexistent",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class SandboxError(StudyError):
    """A query that was not run or not finished, in one sentence."""


class BusyError(SandboxError):
    """Too many queries run and wait: the same query may do later."""


@dataclass(frozen=True)
class Answer:
    """What a query found.

    Attributes:
        rows: the first ones of the result.
        is_cut: whether the result has more rows.
        seconds: that DuckDB took.
    """

    rows: pl.DataFrame
    is_cut: bool
    seconds: float


class Sandbox:
    """Runs queries that anyone may write, for all sessions of a process.

    Args:
        limits: of each query, and of how many run.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._turns = threading.BoundedSemaphore(limits.at_once)
        self._lock = threading.Lock()
        self._waiting = 0
        self._spare: tuple[str, subprocess.Popen[bytes]] | None = None

    def warm(self, path: str) -> None:
        """Start the child that the next query will need, if there is none."""
        with self._lock:
            old = self._spare
            if old is not None and old[0] == path and old[1].poll() is None:
                return
            self._spare = None
            with contextlib.suppress(SandboxError):  # the next query says it
                self._spare = path, self._start(path)
        if old is not None:
            end(old[1])

    def run(self, path: str, sql: str) -> Answer:
        """The first rows that one SELECT finds.

        Args:
            path: the study's file itself.
            sql: a statement by whomever.

        Raises:
            SandboxError: it is refused, fails, or takes more than it may; `BusyError` where
                it did not come to its turn.
        """
        self._check_text(sql)
        self._take_turn()
        try:
            child = self._take_child(path)
            try:
                return self._ask(child, sql)
            finally:
                end(child)
                self.warm(path)
        finally:
            self._turns.release()

    def close(self) -> None:
        """End the child that waits."""
        with self._lock:
            old, self._spare = self._spare, None
        if old is not None:
            end(old[1])

    def _check_text(self, sql: str) -> None:
        if len(sql) > self.limits.characters:
            raise SandboxError(
                f"Expected a query of at most {self.limits.characters:,} characters, found "
                f"{len(sql):,}."
            )
        if any(one < " " and not one.isspace() for one in sql):
            raise SandboxError("Expected text, found control characters in the query.")
        try:
            sql.encode()
        except UnicodeEncodeError as error:
            raise SandboxError("Expected text, found half a character in the query.") from error

    def _take_turn(self) -> None:
        with self._lock:
            is_full = self._waiting >= self.limits.waiting
            self._waiting += not is_full
        try:
            if is_full or not self._turns.acquire(timeout=WAIT_SECONDS):
                raise BusyError("Other queries are running: run yours again in a moment.")
        finally:
            with self._lock:
                self._waiting -= not is_full

    def _take_child(self, path: str) -> subprocess.Popen[bytes]:
        with self._lock:
            spare, self._spare = self._spare, None
        if spare is not None:
            if spare[0] == path and spare[1].poll() is None:
                return spare[1]
            end(spare[1])
        return self._start(path)

    def _start(self, path: str) -> subprocess.Popen[bytes]:
        places = [str(_ROOT), *(place for place in sys.path if place)]
        try:
            child = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", "-c", _BOOT, json.dumps(places)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:  # the machine has no process or memory left
            raise SandboxError(_NO_CHILD) from error
        limits = self.limits
        send(
            child,
            {
                "path": path,
                "seconds": limits.seconds,
                "rows": limits.rows,
                "result_bytes": limits.result_bytes,
                "memory_bytes": limits.memory_bytes,
                "threads": limits.threads,
            },
        )
        return child

    def _ask(self, child: subprocess.Popen[bytes], sql: str) -> Answer:
        assert child.stdout is not None
        reader = PipeReader(child.stdout)
        opened = reader.line(time.monotonic() + START_SECONDS)
        if opened != b"open":
            raise SandboxError(_NO_CHILD)
        send(child, {"sql": sql})
        deadline = time.monotonic() + self.limits.seconds
        try:
            line = reader.line(deadline)
            rows = reader.rest(deadline, self.limits.result_bytes + CHUNK) if line else b""
        except TimeoutError as error:
            raise SandboxError(self._too_slow()) from error
        except OverflowError as error:
            raise SandboxError("The result is too large: ask for fewer rows or columns.") from error
        if child.wait() != 0 or not line:
            raise SandboxError(self._ended(child.returncode))
        header = json.loads(line)
        if "error" in header:
            is_memory = header["error"] == MEMORY
            raise SandboxError(self._too_large() if is_memory else header["error"])
        return Answer(_frame(rows), bool(header["cut"]), float(header["seconds"]))

    def _too_slow(self) -> str:
        return f"The query was stopped after {self.limits.seconds:g} seconds: ask for less."

    def _too_large(self) -> str:
        megabytes = self.limits.memory_bytes // MEGABYTE
        return f"The query was stopped: it takes more than {megabytes:,} MB of memory."

    def _ended(self, status: int) -> str:
        if status == -signal.SIGALRM:
            return self._too_slow()
        megabytes = self.limits.memory_bytes // MEGABYTE
        return (
            f"The query was stopped: it takes more than {megabytes:,} MB of memory, or is nested "
            "too deeply."
        )


def _frame(stream: bytes) -> pl.DataFrame:
    """The rows of an Arrow stream; whole numbers of 128 bits in the type that holds them."""
    rows = pl.read_ipc_stream(stream)
    whole = [name for name, kind in rows.schema.items() if kind == pl.Decimal(38, 0)]
    for name in whole:
        smaller = rows[name].cast(pl.Int64, strict=False)
        fits = smaller.null_count() == rows[name].null_count()
        rows = rows.with_columns(smaller if fits else rows[name].cast(pl.Float64))
    return rows
