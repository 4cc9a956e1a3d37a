"""What the tables and columns of a study mean, as schema.sql's comments say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SCHEMA = Path(__file__).with_name("schema.sql")
_CREATED = re.compile(r"CREATE (TABLE|VIEW|MACRO) (\w+)(\([^)]*\))?")
_COLUMN = re.compile(r"    (\w+) .*? -- (.+)")
_VIEW_COLUMN = re.compile(r"--   (\w+)\s+(.+)")


@dataclass(frozen=True)
class SchemaComments:
    """The comments of schema.sql.

    Attributes:
        tables: name of a table or view, or of a macro with its arguments -> what it holds.
        kinds: the same names -> TABLE, VIEW or MACRO.
        columns: (table, column) -> what it means.
        view_columns: column of a view -> what it means, where that is not what a table means
            by it.
    """

    tables: dict[str, str]
    kinds: dict[str, str]
    columns: dict[tuple[str, str], str]
    view_columns: dict[str, str]

    def table_names(self) -> list[str]:
        """Names of the tables, without views and macros, in the order of the schema."""
        return [name for name, kind in self.kinds.items() if kind == "TABLE"]

    def of_table(self, table: str) -> dict[str, str]:
        """What each column of a table means, by its name."""
        return {name: text for (one, name), text in self.columns.items() if one == table}

    def column(self, table: str, column: str) -> str:
        """What a column of a table or view means; nothing where no comment says it."""
        if self.kinds.get(table) != "TABLE" and column in self.view_columns:
            return self.view_columns[column]
        if (table, column) in self.columns:
            return self.columns[table, column]
        same = (text for (_, name), text in self.columns.items() if name == column)
        return next(same, "")


@cache
def schema_comments() -> SchemaComments:
    """The comments of this version's schema."""
    return parse_comments(_SCHEMA.read_text(encoding="utf-8"))


def parse_comments(schema: str) -> SchemaComments:
    """The comments of a schema's text: lines above a table, ends of its columns' lines."""
    found = SchemaComments({}, {}, {}, {})
    above: list[str] = []
    table = None
    for line in schema.splitlines():
        if created := _CREATED.match(line):
            kind, name, arguments = created.groups()
            table = name + (arguments or "" if kind == "MACRO" else "")
            found.tables[table] = " ".join(above)
            found.kinds[table] = kind
        elif column := _VIEW_COLUMN.match(line):
            found.view_columns[column[1]] = column[2]
        elif line.startswith("--"):
            above.append(line.removeprefix("--").strip())
            continue
        elif table is not None and found.kinds[table] == "TABLE" and (parts := _COLUMN.match(line)):
            found.columns[table, parts[1]] = parts[2]
        above = []
    return found
