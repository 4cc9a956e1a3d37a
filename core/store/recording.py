"""Which queries were asked: exports and reports list them beside what they show."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Asked = tuple[str, dict[str, Any]]
"""The text of a query and the values bound to it."""
_recording: ContextVar[list[Asked] | None] = ContextVar("recording", default=None)


@contextmanager
def recorded() -> Iterator[list[Asked]]:
    """The queries that are asked of study files meanwhile, in this thread, in their order."""
    queries: list[Asked] = []
    token = _recording.set(queries)
    try:
        yield queries
    finally:
        _recording.reset(token)


def record(sql: str, parameters: Mapping[str, Any] | None) -> None:
    """Note a query where somebody records."""
    queries = _recording.get()
    if queries is not None:
        queries.append((sql, dict(parameters or {})))


def query_text(asked: Asked) -> str:
    """A query with the values bound to it, as SQL with a comment."""
    sql, values = asked
    text = f"{textwrap.dedent(sql).strip()};"
    return f"{text}\n-- {json.dumps(values, default=str)}" if values else text
