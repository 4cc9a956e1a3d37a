"""Which statements ad-hoc SQL may hold, decided on DuckDB's own syntax tree.

What stands in a study can be read, and nothing else: tables and table functions are those of a
list, functions that tell of the process or the machine are refused. The engine is locked as
well; this says why in a sentence, and covers what a locked engine still tells, such as where the
file lies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

import duckdb

from core.errors import UserError

ONE_SELECT = "Expected one SELECT statement"
MEMORY = "memory"
"""What the child says where DuckDB or Arrow got no more."""
TABLE_FUNCTIONS = frozenset({
    "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree",
})  # fmt: skip
"""Make rows of their arguments alone."""

# Of syntax trees, by `type`: where rows come from.
_QUERIES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_SOURCES = {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST", "PIVOT"}
_MODIFIERS = {"ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER", "LIMIT_PERCENT_MODIFIER"}
_ORDERS = {"ORDER_DEFAULT", "ASCENDING", "DESCENDING"}
_PLAIN = _QUERIES | _SOURCES | _MODIFIERS | _ORDERS
# All views of DuckDB's own that can be named without a schema start so.
_OF_THE_ENGINE = re.compile(r"(duckdb|pragma|sqlite|pg)_", re.IGNORECASE)
_REFUSED_FUNCTIONS = re.compile(
    r"(duckdb|pragma|pg|inet|has|icu|read|write|parquet|sniff|which|arrow|python|pandas|__internal)"
    r"_.*|json_(de)?serialize_.*|json_execute_.*|query(_table)?|glob|getenv|current_setting"
    r"|getvariable|nextval|currval|setval|setseed|sleep_ms|.*_description|@@",
    re.IGNORECASE | re.DOTALL,
)


class RefusedError(UserError):
    """A statement that is not run, in one sentence that says what was expected and found."""


def check_statement(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    tables: Collection[str],
    table_macros: Collection[str] = (),
) -> None:
    """Refuse all but one SELECT that reads nothing but the study, by DuckDB's own parser.

    Args:
        connection: parses; nothing of the statement is run.
        sql: by whomever.
        tables: the study's tables and views in lower case.
        table_macros: the study's table macros in lower case.

    Raises:
        RefusedError: another number or kind of statements, or a table, function or clause that
            is not for ad-hoc SQL.
        duckdb.Error: it is no SQL.
    """
    check_kinds([statement.type.name for statement in connection.extract_statements(sql)])
    ((text,),) = connection.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchall()
    tree = json.loads(text)
    if tree["error"]:
        raise RefusedError(f"{ONE_SELECT}, found one that has no syntax tree.")
    check_tree(tree["statements"], tables, table_macros)


def check_kinds(kinds: Collection[str]) -> None:
    """Refuse all but one SELECT.

    Args:
        kinds: DuckDB's names of the statements' types, such as `SELECT` or `COPY`.

    Raises:
        RefusedError: another number of statements, or another kind.
    """
    if len(kinds) != 1:
        found = f"{len(kinds)} statements" if kinds else "none"
        raise RefusedError(f"{ONE_SELECT}, found {found}.")
    (kind,) = kinds
    if kind == "MULTI":
        raise RefusedError(
            f"{ONE_SELECT}, found a PIVOT that looks up its columns first: list them, as in "
            "PIVOT t ON method IN ('dense', 'random') USING avg(margin)."
        )
    if kind != "SELECT":
        raise RefusedError(f"{ONE_SELECT}, found {kind.replace('_', ' ')}.")


def check_tree(tree: Any, tables: Collection[str], table_macros: Collection[str] = ()) -> None:
    """Refuse what reads anything but the study.

    Args:
        tree: of one SELECT, as `json_serialize_sql` gives it, parsed.
        tables: the study's tables and views in lower case.
        table_macros: the study's table macros in lower case.

    Raises:
        RefusedError: a table, function or clause that is not for ad-hoc SQL.
    """
    nodes = list(_nodes(tree))
    named = set(_common_tables(nodes))
    for name in sorted(named):
        if _OF_THE_ENGINE.match(name):
            raise RefusedError(f"{_shown(name)} is a name of DuckDB's own: choose another one.")
    for node in nodes:
        _check_node(node, {*tables, *named}, set(tables), {*TABLE_FUNCTIONS, *table_macros})


def _check_node(node: Any, names: set[str], tables: set[str], table_functions: set[str]) -> None:
    kind = node.get("type")
    if "class" in node:
        if node["class"] in {"FUNCTION", "WINDOW"}:
            _check_function(str(node.get("function_name", "")))
    elif kind == "SHOW_REF":
        if not isinstance(node.get("query"), dict):
            raise RefusedError("SHOW is not for this page: the tables are listed beside the query.")
    elif isinstance(kind, str) and kind not in _PLAIN:
        raise RefusedError(f"{ONE_SELECT} that only reads, found {kind.split('_')[0]} inside it.")
    elif kind == "BASE_TABLE":
        name = str(node["table_name"])
        is_qualified = bool(node.get("schema_name") or node.get("catalog_name"))
        in_study = name.lower() in tables and not node.get("catalog_name")
        in_main = str(node.get("schema_name", "")).lower() == "main"
        if (is_qualified and not (in_study and in_main)) or name.lower() not in names:
            path = [node.get("catalog_name"), node.get("schema_name"), name]
            raise RefusedError(
                f"Expected a table of the study, found {_shown('.'.join(filter(None, path)))}: "
                "see the list of tables."
            )
    elif kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", ""))
        if name.lower() not in table_functions:
            raise RefusedError(
                f"The table function {_shown(name)} is not for this page, which reads "
                "nothing but the study."
            )


def _check_function(name: str) -> None:
    if _REFUSED_FUNCTIONS.fullmatch(name):
        raise RefusedError(
            f"The function {_shown(name)} is not for this page: it tells of the server, not of "
            "the study."
        )


def _common_tables(nodes: list[dict[str, Any]]) -> Iterator[str]:
    """The names that WITH gives, in lower case."""
    for node in nodes:
        for entry in (node.get("cte_map") or {}).get("map") or []:
            yield str(entry["key"]).lower()
        if "cte_name" in node:
            yield str(node["cte_name"]).lower()


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the tree; with a stack of its own, whatever the depth."""
    waiting = [tree]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


def _shown(name: str) -> str:
    """A name of the user's in a sentence: short, on one line."""
    words = " ".join(name.split())
    return f"“{words[:60]}…”" if len(words) > 60 else f"“{words}”"
