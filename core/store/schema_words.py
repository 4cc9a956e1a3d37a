"""The tables and columns of a study file with what schema.sql says of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = Path(__file__).with_name("schema.sql")
_TABLE = re.compile(r"^CREATE TABLE (\w+) \(\n(.*?)^\);", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^ {4}([a-z_0-9]+)\s+\S.*?--\s*(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class TableWords:
    """A table of the study file.

    Attributes:
        name: of the table.
        about: what a row is; empty where the schema doesn't say it.
        columns: what each column is, by its name.
    """

    name: str
    about: str
    columns: dict[str, str]


def schema_words() -> list[TableWords]:
    """All tables in the order of schema.sql."""
    text = _SCHEMA.read_text(encoding="utf-8")
    return [
        TableWords(found[1], _comment_above(text, found.start()), dict(_COLUMN.findall(found[2])))
        for found in _TABLE.finditer(text)
    ]


def _comment_above(text: str, position: int) -> str:
    """The comment that ends on the line before a position, in one line."""
    lines: list[str] = []
    for line in reversed(text[:position].removesuffix("\n").split("\n")):
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(reversed(lines))
