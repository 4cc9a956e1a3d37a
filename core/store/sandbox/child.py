"""The child process: opens a study, gives up every right it has, answers one query, ends.

It starts without the app's environment. It reads two lines of JSON from its standard input (what
to open, with which limits; later the statement) and writes `open`, then a line of JSON and the
rows as an Arrow stream to its standard output. From the moment that the study is open it can open
nothing else, neither file nor connection; past its time or its memory the kernel ends it, also
where the app is gone.
"""

from __future__ import annotations

import json
import os
import re
import resource
import select
import signal
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import ipc

from core.store.sandbox.statement import MEMORY, RefusedError, check_statement

IDLE_SECONDS = 600
"""A child that nobody asked by then ends."""
_BATCH_ROWS = 2_048
_FURTHER_SECONDS = 1.0
_LONGEST_SENTENCE = 400
_HINTS = ("Candidate", "Did you mean")
_PATH = re.compile(r"/[^\s\"'`,;:)]+")

# Types that Polars reads from Arrow as they are; others travel as text.
_READ_AS_IT_IS = re.compile(
    r"((U?(TINY|SMALL|BIG)|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|BOOLEAN|VARCHAR|UUID|JSON|BLOB|DATE"
    r"|TIME|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE|DECIMAL\(\d+,\d+\)|ENUM\(.*\))"
    r"(\[\d*\])*",
    re.DOTALL,
)


def main() -> None:
    """Serve one query."""
    os.nice(5)
    start = _read_line(IDLE_SECONDS)
    if not start:
        return
    connection = _open(start)
    tables, macros = _own_names(connection)
    _give_up_rights(start)
    _write(b"open\n")
    asked = _read_line(IDLE_SECONDS)
    if not asked:
        return
    # the app kills the process at its limit; this is for the case that the app is gone
    signal.setitimer(signal.ITIMER_REAL, start["seconds"] + _FURTHER_SECONDS)
    rows = b""
    try:
        header, rows = _answer(connection, asked["sql"], start, tables, macros)
    except RefusedError as error:
        header = {"error": str(error)}
    except (duckdb.OutOfMemoryException, MemoryError, pa.ArrowMemoryError):
        header = {"error": MEMORY}
    except Exception as error:  # whatever a statement makes DuckDB or Arrow raise
        is_memory = "Out of Memory" in str(error) or "bad_alloc" in str(error)
        header = {"error": MEMORY if is_memory else _sentence(error, asked["sql"])}
    _write(json.dumps(header).encode() + b"\n" + rows)
    os._exit(0)


def _read_line(seconds: float) -> dict[str, Any]:
    """What the app sends; nothing where it is gone or has nothing to ask."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    line = sys.stdin.buffer.readline() if ready else b""
    found: dict[str, Any] = json.loads(line) if line else {}
    return found


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _open(start: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    configuration: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": False,
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "temp_directory": "",
        "memory_limit": f"{start['memory_bytes'] // 2}B",
        "threads": str(start["threads"]),
        "async_threads": "1",
        "lock_configuration": True,
    }
    return duckdb.connect(start["path"], read_only=True, config=configuration)


def _own_names(connection: duckdb.DuckDBPyConnection) -> tuple[set[str], set[str]]:
    """The study's tables and views, and its table macros, in lower case."""
    tables = connection.execute(
        "SELECT lower(table_name) FROM duckdb_tables() WHERE NOT internal AND NOT temporary "
        "UNION ALL SELECT lower(view_name) FROM duckdb_views() WHERE NOT internal ORDER BY 1"
    ).fetchall()
    macros = connection.execute(
        "SELECT lower(function_name) FROM duckdb_functions() "
        "WHERE NOT internal AND function_type = 'table_macro' ORDER BY 1"
    ).fetchall()
    return {name for (name,) in tables}, {name for (name,) in macros}


def _give_up_rights(start: dict[str, Any]) -> None:
    status = Path("/proc/self/statm")
    if status.exists():  # Linux
        # where the machine runs out of memory, this process goes first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
        held = int(status.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        most = held + start["memory_bytes"]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _answer(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    limits: dict[str, Any],
    tables: set[str],
    macros: set[str],
) -> tuple[dict[str, Any], bytes]:
    check_statement(connection, sql, tables, macros)
    began = time.perf_counter()
    rows, is_cut = _first_rows(connection.sql(sql), limits["rows"], limits["result_bytes"])
    return {"seconds": time.perf_counter() - began, "cut": is_cut}, rows


def _first_rows(
    relation: duckdb.DuckDBPyRelation, most: int, result_bytes: int
) -> tuple[bytes, bool]:
    """At most so many rows as an Arrow stream, and whether there were more."""
    types = [str(kind) for kind in relation.types]
    names = _differing(relation.columns)
    if not all(map(_READ_AS_IT_IS.fullmatch, types)):
        columns = (
            f"#{i}" if _READ_AS_IT_IS.fullmatch(kind) else f"#{i}::VARCHAR"
            for i, kind in enumerate(types, 1)
        )
        relation = relation.project(", ".join(columns))
    reader = relation.to_arrow_reader(_BATCH_ROWS)
    schema = pa.schema([field.with_name(n) for field, n in zip(reader.schema, names, strict=True)])
    stream, kept = BytesIO(), 0
    with ipc.new_stream(stream, schema) as writer:
        # one batch further than the last that fits says whether rows are left
        for batch in reader:
            part = batch.slice(0, most - kept)
            writer.write_batch(pa.record_batch(part.columns, schema=schema))
            kept += part.num_rows
            if stream.tell() > result_bytes:
                megabytes = result_bytes // 1_000_000
                raise RefusedError(
                    f"The result is larger than {megabytes:,} MB: ask for fewer rows or columns."
                )
            if part.num_rows < batch.num_rows:
                return _closed(writer, stream), True
    return stream.getvalue(), False


def _closed(writer: Any, stream: BytesIO) -> bytes:
    writer.close()
    return stream.getvalue()


def _differing(names: list[str]) -> list[str]:
    """The names, numbered where they come again; case makes no difference, as in SQL."""
    found: list[str] = []
    taken = {name.lower() for name in names}
    seen: set[str] = set()
    for name in names:
        number, chosen = 1, name
        while chosen.lower() in seen or (number > 1 and chosen.lower() in taken):
            number += 1
            chosen = f"{name}_{number}"
        seen.add(chosen.lower())
        found.append(chosen)
    return found


def _sentence(error: Exception, sql: str) -> str:
    """What DuckDB says first, without what it says of the machine."""
    if isinstance(error, duckdb.InternalException | duckdb.FatalException):
        return "DuckDB can't run this query: it failed inside."
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    said += "".join(f" {line}" for line in lines[1:3] if line.startswith(_HINTS))
    said = _PATH.sub(lambda found: found[0] if found[0] in sql else "…", said)
    return said if len(said) <= _LONGEST_SENTENCE else f"{said[:_LONGEST_SENTENCE]}…"


if __name__ == "__main__":
    main()
