"""Limits of the databases of a process: memory, threads, time, and what queries may reach."""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.store.errors import StudyError

MOST_INSTANCES = 5
"""Databases that an app has open at once: four versions of studies, and one in memory for pairs."""
MEMORY_SHARE = 0.6
"""Of the machine's or the container's memory, for all databases of the process together."""
QUERY_SECONDS = 60.0


def setting(name: str, default: float, environment: Mapping[str, str] = os.environ) -> float:
    """A positive number below 1e9 from the environment.

    Raises:
        StudyError: it is none.
    """
    text = environment.get(name)
    try:
        value = default if text is None else float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e9:
        raise StudyError(f"{name}: expected a positive number, found {text!r}.")
    return value


def memory_bytes() -> int:
    """Memory of the container that the process runs in, or of the machine."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            found.append(int(Path(path).read_text()))
    return min(found)


def _memory_limit() -> str:
    """Of one database: the budget ($PRUNESCOPE_MEMORY_MB for all) in equal parts."""
    budget = setting("PRUNESCOPE_MEMORY_MB", MEMORY_SHARE * memory_bytes() / 1e6)
    return f"{max(32, round(budget / MOST_INSTANCES))}MB"


@cache
def configuration() -> Mapping[str, str | bool]:
    """DuckDB's settings: one for every connection of a process, since it refuses a second one.

    Without external access a query can't read files or the network, whoever wrote it.

    Raises:
        StudyError: a setting of the environment is no positive number.
    """
    return {
        "memory_limit": _memory_limit(),
        "threads": str(round(setting("PRUNESCOPE_THREADS", os.cpu_count() or 1))),
        "enable_external_access": False,
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "python_enable_replacements": False,
        "lock_configuration": True,
        # each instance would start eight threads for reading ahead, and every pair table is one
        "async_threads": "1",
        # not beside the study, where an app that was killed would leave it behind
        "temp_directory": str(Path(tempfile.gettempdir()) / "prunescope-spilled"),
    }


def query_seconds() -> float:
    """How long a question of a page may take: $PRUNESCOPE_QUERY_SECONDS."""
    return setting("PRUNESCOPE_QUERY_SECONDS", QUERY_SECONDS)
