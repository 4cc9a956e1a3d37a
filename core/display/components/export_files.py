"""The files that a chart or a table leaves the app as, as bytes.

They are made in a thread of their own when a button is clicked, and use nothing of the session.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from core.display import theme
from core.display.components import sample_images
from core.display.picture import picture_spec, vega_lite
from core.display.provenance import Provenance
from core.display.state.context import Context
from core.display.table_text import Format, latex_table, percent_cell
from core.drawing import Kind, draw_apart
from core.store.origins import Origin
from core.store.recording import query_text

_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Export:
    """What all files of one chart or table share.

    Attributes:
        context: of the page.
        title: of the chart or table.
        numbers: how many of what it rests on, in lines.
        origins: what its rows answer, as far as it is known.
        provenance: without the SQL.
    """

    context: Context
    title: str
    numbers: tuple[str, ...]
    origins: tuple[Origin, ...]
    provenance: Provenance

    def file_name(self, suffix: str) -> str:
        """Study, version and title, as a name of a file."""
        words = _NAME.sub("-", self.title.lower()).strip("-")[:60].strip("-")
        return f"{self.context.file_name}-{self.provenance.version}-{words}.{suffix}"

    def sql(self) -> list[str]:
        """Every query behind the rows, once."""
        asked = (
            query_text(one)
            for origin in self.origins
            for one in self.context.study.queries_behind(origin)
        )
        return list(dict.fromkeys(asked))

    def with_sql(self) -> Provenance:
        """The provenance with the SQL."""
        return replace(self.provenance, made_by=(*self.provenance.made_by, *self.sql()))


def on_paper(chart: partial[theme.AnyChart]) -> theme.AnyChart:
    """The chart with the colour of text on light paper, whatever the page's theme is."""
    drawn = dict(chart.keywords)
    if "text" in drawn:
        drawn["text"] = theme.TEXT["light"]
    return chart.func(*chart.args, **drawn)


def _spec(
    chart: partial[theme.AnyChart], tables: Mapping[str, pl.DataFrame], export: Export
) -> dict[str, Any]:
    spec = on_paper(chart).to_dict(validate=False)
    if '"type": "image"' in json.dumps(spec):
        tables = {
            name: sample_images.with_contents(table, export.context.study)
            for name, table in tables.items()
        }
    return picture_spec(
        spec, tables, title=export.title, numbers=export.numbers, provenance=export.with_sql()
    )


def picture(
    chart: partial[theme.AnyChart], tables: Mapping[str, pl.DataFrame], export: Export, kind: Kind
) -> bytes:
    """The chart as a picture, drawn by another process."""
    return draw_apart(_spec(chart, tables, export), kind)


def vega_lite_bytes(
    chart: partial[theme.AnyChart], tables: Mapping[str, pl.DataFrame], export: Export
) -> bytes:
    """The chart as a specification with its rows."""
    return vega_lite(_spec(chart, tables, export))


def csv_bytes(rows: pl.DataFrame) -> bytes:
    """The rows as CSV; lists, which it does not have, as JSON."""
    nested = [name for name, kind in rows.schema.items() if kind.is_nested()]
    flat = rows.clone().with_columns(
        pl.Series(name, [None if one is None else json.dumps(one) for one in rows[name].to_list()],
                  pl.String)
        for name in nested
    )  # fmt: skip
    return flat.write_csv().encode()


def parquet_bytes(rows: pl.DataFrame, export: Export) -> bytes:
    """The rows as Parquet, with title and provenance in its metadata."""
    file = io.BytesIO()
    made_by = "\n".join(export.with_sql().lines)
    rows.clone().write_parquet(file, metadata={"title": export.title, "provenance": made_by})
    return file.getvalue()


def latex_bytes(rows: pl.DataFrame, export: Export, columns: Mapping[str, Any]) -> bytes:
    """The rows as LaTeX, written as the page shows them."""
    formats = {name: one for name, config in columns.items() if (one := shown_format(config))}
    text = latex_table(
        rows,
        caption=export.title,
        formats=formats,
        comments=[*export.numbers, *export.with_sql().lines],
    )
    return text.encode()


def shown_format(config: Any) -> Format | None:
    """How a column that `st.column_config.NumberColumn` describes is written; None: as usual."""
    given = (config or {}).get("type_config", {}) if isinstance(config, Mapping) else {}
    pattern = given.get("format")
    if pattern == "percent":
        return percent_cell
    if pattern == "localized":
        return lambda value: f"{value:,}"
    if not isinstance(pattern, str) or "%" not in pattern:
        return None
    return lambda value: (pattern % value).replace("-", "\N{MINUS SIGN}")


def sql_bytes(export: Export) -> bytes:
    """Every query behind the rows, with the provenance as comments."""
    comments = "\n".join(f"-- {line}" for line in export.provenance.lines)
    return "\n\n".join([comments, *export.sql()]).encode()
