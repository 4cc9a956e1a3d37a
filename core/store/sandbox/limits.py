"""How much a query that anyone may write can take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from core.store.configuration import setting

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bounds of one query, and of how many run.

    Attributes:
        seconds: of wall-clock time; the child process is killed past it.
        rows: of the result; what comes after them is cut, and said.
        result_bytes: of the result as Arrow.
        memory_bytes: that the child process may take beyond what it starts with. DuckDB itself
            gets half of it, because single huge values are outside its own account.
        threads: of DuckDB in the child.
        at_once: queries of all sessions that run at the same time.
        waiting: queries that wait for their turn; further ones are told to come back.
        characters: of the statement.
    """

    seconds: float = 10
    rows: int = 10_000
    result_bytes: int = 32 * MEGABYTE
    memory_bytes: int = 1_000 * MEGABYTE
    threads: int = 2
    at_once: int = 2
    waiting: int = 8
    characters: int = 20_000


def limits_from(environment: Mapping[str, str] = os.environ) -> Limits:
    """The limits that the administrator set.

    Args:
        environment: PRUNESCOPE_SQL_SECONDS, PRUNESCOPE_SQL_ROWS, PRUNESCOPE_SQL_MEMORY_MB and
            PRUNESCOPE_SQL_AT_ONCE are read.

    Raises:
        StudyError: one of them is no positive number.
    """
    standard = Limits()

    def number(name: str, default: float) -> float:
        return setting(f"PRUNESCOPE_SQL_{name}", default, environment)

    return Limits(
        seconds=number("SECONDS", standard.seconds),
        rows=max(1, int(number("ROWS", standard.rows))),
        memory_bytes=int(MEGABYTE * number("MEMORY_MB", standard.memory_bytes / MEGABYTE)),
        at_once=max(1, int(number("AT_ONCE", standard.at_once))),
    )
