"""What can be asked of a study, what a query found, and its rows as others take them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from core.display.state.context import Context
from core.store.queries.study import columns
from core.store.sandbox.process import Answer, Sandbox
from core.store.schema_comments import schema_comments
from core.store.study import Study
from core.store.worked_questions import worked_questions

SAMPLE_ID = "sample_id"
_LARGEST_ID = 2**31
_DIGITS = 5


@dataclass(frozen=True)
class AskedTable:
    """A table, view or macro that can be asked.

    Attributes:
        name: as queries say it.
        kind: in words.
        meaning: what it holds.
        columns: column, type, meaning; no rows for a macro.
    """

    name: str
    kind: str
    meaning: str
    columns: pl.DataFrame


def asked_tables(study: Study) -> tuple[AskedTable, ...]:
    """What can be asked, what is made for people first, then in the order of the schema."""
    comments = schema_comments()
    rows = study.run(columns)
    first = sorted(comments.tables, key=lambda name: comments.kinds[name] == "TABLE")
    return tuple(
        AskedTable(
            name,
            comments.kinds[name].lower(),
            comments.tables[name],
            _columns(rows.filter(pl.col("table_name") == name), name),
        )
        for name in first
    )


def _columns(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    meaning = [schema_comments().column(table, name) for name in rows["column_name"]]
    return rows.select(
        column="column_name",
        type="data_type",
        meaning=pl.Series("meaning", meaning, dtype=pl.String),
    )


def questions(context: Context) -> dict[str, str]:
    """The worked questions about reference, compared and class: title -> query."""
    names = {
        "reference": context.reference.model,
        "reference_condition": context.reference.condition,
        "compared": context.compared.model,
        "compared_condition": context.compared.condition,
        "class": context.class_name or context.study.classes["name"][0],
    }
    return worked_questions(names)


def answer(study: Study, sandbox: Sandbox, sql: str) -> Answer:
    """What a query of the user's own finds in a study.

    Raises:
        SandboxError: it was refused or failed.
    """
    return sandbox.run(study.version, sql)


def answer_words(found: Answer) -> str:
    """How many rows, and how long it took."""
    rows = found.rows.height
    count = f"**{rows:,}** {'row' if rows == 1 else 'rows'}"
    if found.is_cut:
        count = f"The first {count}; there are more"
    took = f"{1000 * found.seconds:,.0f} ms" if found.seconds < 1 else f"{found.seconds:.1f} s"
    return f"{count} · {took}"


def shown_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows for a table on screen: bytes by their number, lists of numbers rounded."""
    texts = []
    for name, kind in rows.schema.items():
        column = pl.col(name).arr.to_list() if isinstance(kind, pl.Array) else pl.col(name)
        if kind == pl.Binary:
            texts.append(pl.format("{} bytes", column.bin.size()).alias(name))
        elif isinstance(kind, pl.List | pl.Array) and kind.inner in {pl.Float32, pl.Float64}:
            digits = pl.element().cast(pl.Float64).round_sig_figs(_DIGITS)
            texts.append(column.list.eval(digits))
    return rows.with_columns(texts)


def as_csv(rows: pl.DataFrame) -> str:
    """The rows as CSV: lists as their elements with a semicolon between, bytes in base 16."""
    texts = []
    for name, kind in rows.schema.items():
        if isinstance(kind, pl.Array):
            texts.append(pl.col(name).arr.to_list())
        elif kind == pl.Binary:
            texts.append(pl.col(name).bin.encode("hex"))
    rows = rows.with_columns(texts)
    while lists := [name for name, kind in rows.schema.items() if isinstance(kind, pl.List)]:
        rows = rows.with_columns(
            pl.col(name)
            .list.eval(_element(rows.schema[name]), parallel=False)
            .list.join(";", ignore_nulls=False)
            for name in lists
        )
    return rows.write_csv()


def _element(kind: pl.DataType) -> pl.Expr:
    """An element of a list as text; lists within lists in brackets."""
    inner = kind.inner if isinstance(kind, pl.List) else None
    element = pl.element()
    if isinstance(inner, pl.Array):
        element = element.arr.to_list()
    if isinstance(inner, pl.List | pl.Array):
        parts = element.list.eval(pl.element().cast(pl.String)).list.join(";", ignore_nulls=False)
        return pl.format("[{}]", parts)
    return element.cast(pl.String).fill_null("")


def as_parquet(rows: pl.DataFrame) -> bytes:
    """The rows as a Parquet file."""
    file = io.BytesIO()
    rows.clone().write_parquet(file)
    return file.getvalue()


def sample_ids(rows: pl.DataFrame) -> tuple[int, ...]:
    """The samples that a result names, each once, rising; none without a column of ids."""
    if SAMPLE_ID not in rows.columns or not rows.schema[SAMPLE_ID].is_integer():
        return ()
    found = rows[SAMPLE_ID].drop_nulls().cast(pl.Int64).unique().sort()
    return tuple(found.filter(found.is_between(0, _LARGEST_ID, closed="left")))


def by_title(queries: Mapping[str, str], sql: str) -> str | None:
    """The title of the worked question that this query is, if it is one."""
    return next((title for title, one in queries.items() if one == sql), None)
