"""What a chart or a table leaves the app as: a quiet "Export" under it, made when it is asked for.

Nothing is made, and nothing but a button is sent, before the button is opened; files are made when
one of them is clicked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import polars as pl
import streamlit as st

from core.display import labels, theme
from core.display.components.export_files import (
    Export,
    csv_bytes,
    latex_bytes,
    on_paper,
    parquet_bytes,
    picture,
    sql_bytes,
    vega_lite_bytes,
)
from core.display.provenance import Provenance, study_provenance
from core.display.state import url
from core.display.state.context import Context
from core.display.state.page_context import page_context
from core.drawing import Kind, can_draw
from core.store.queries.study import sample_count
from core.store.subsets.base import EVERYTHING

_ICON = ":material/ios_share:"
_SQL = "The SQL with its values, as it was asked of the study file."
_NOT_INSTALLED = "SVG and PNG need vl-convert-python: pip install -r pipelines/requirements.txt."


def export_chart(
    chart: partial[theme.AnyChart],
    tables: Mapping[str, pl.DataFrame],
    *,
    key: str,
    title: str,
    numbers: str | None = None,
) -> None:
    """A button under a chart that offers it as SVG, PNG and Vega-Lite with its rows.

    Args:
        chart: as `components.chart.draw` takes it.
        tables: its rows.
        key: of the chart's element.
        title: goes into the picture.
        numbers: how many of what it rests on; the filtered samples by default.
    """
    context = page_context()
    if context is None:
        return
    shown = st.popover(
        "Export", key=f"export_{key}", icon=_ICON, type="tertiary", on_change="rerun"
    )
    if not shown.open:
        return
    with_roles = theme.COMPARED in json.dumps(on_paper(chart).to_dict(validate=False))
    export = _export(context, title, list(tables.values()), numbers, with_roles)
    with shown:
        with st.container(horizontal=True):
            for kind, mime in (("svg", "image/svg+xml"), ("png", "image/png")):
                _download(
                    kind.upper(),
                    partial(picture, chart, tables, export, cast(Kind, kind)),
                    export.file_name(kind),
                    mime,
                    key=f"{key}_{kind}",
                    disabled=not can_draw(),
                )
            _download(
                "Vega-Lite",
                partial(vega_lite_bytes, chart, tables, export),
                export.file_name("vl.json"),
                "application/json",
                key=f"{key}_vl",
            )
            _sql_download(export, key)
        if not can_draw():
            st.caption(_NOT_INSTALLED)
        _how_it_was_made(export)


def export_table(
    rows: pl.DataFrame,
    *,
    key: str,
    title: str,
    sources: Sequence[pl.DataFrame] = (),
    columns: Mapping[str, Any] | None = None,
    order: Sequence[str] | None = None,
) -> None:
    """A button under a table that offers it as CSV, Parquet and LaTeX.

    Args:
        rows: of the table.
        key: of its own.
        title: of the table.
        sources: frames that the rows were made of, where they are not such a frame themselves.
        columns: how the page shows columns, as `streamlit.dataframe` takes it.
        order: columns of the LaTeX table; all by default.
    """
    context = page_context()
    if context is None:
        return
    shown = st.popover(
        "Export", key=f"export_{key}", icon=_ICON, type="tertiary", on_change="rerun"
    )
    if not shown.open:
        return
    export = _export(context, title, [rows, *sources], None, with_roles=True)
    with shown:
        with st.container(horizontal=True):
            _download(
                "CSV", partial(csv_bytes, rows), export.file_name("csv"), "text/csv",
                key=f"{key}_csv",
            )  # fmt: skip
            _download(
                "Parquet",
                partial(parquet_bytes, rows, export),
                export.file_name("parquet"),
                "application/vnd.apache.parquet",
                key=f"{key}_parquet",
            )
            _download(
                "LaTeX",
                partial(latex_bytes, rows.select(order or pl.all()), export, columns or {}),
                export.file_name("tex"),
                "application/x-tex",
                key=f"{key}_tex",
            )
            _sql_download(export, key)
        _how_it_was_made(export)


def _export(
    context: Context,
    title: str,
    frames: Sequence[pl.DataFrame],
    numbers: str | None,
    with_roles: bool,
) -> Export:
    found = [context.study.origin(frame) for frame in frames]
    origins = tuple({one.name: one for one in found if one is not None}.values())
    samples = context.study.run(sample_count, context.sample_filter)
    which = "" if context.sample_filter == EVERYTHING else f": {context.sentence}"
    lines = [numbers or f"{labels.count(samples, 'sample')}{which}"]
    if with_roles:
        lines.append(
            f"reference: {context.short(context.reference)}; "
            f"compared: {context.short(context.compared)}"
        )
    made_by = tuple(f"made by {one.words}" for one in origins)
    return Export(context, title, tuple(lines), origins, page_provenance(context, made_by))


def page_provenance(context: Context, made_by: tuple[str, ...] = ()) -> Provenance:
    """Where what the page shows comes from: study, filter, link.

    Args:
        context: of the page.
        made_by: the functions that made it, with their values.
    """
    samples = context.sample_filter
    filtered: list[str] = []
    if samples.where is not None:
        filtered = [
            f"samples where {samples.where.sql}",
            f"with {json.dumps(samples.values(), default=str)}",
        ]
    long = [
        f"the link leaves out “{name}”, which is too long for one"
        for name in url.left_out_of_links()
    ]
    address = st.context.url
    return study_provenance(
        context.study.about,
        made_by=(*made_by, *filtered, *long),
        link=None if address is None else url.link(address),
    )


def _sql_download(export: Export, key: str) -> None:
    if export.origins:
        _download(
            "SQL",
            partial(sql_bytes, export),
            export.file_name("sql"),
            "application/sql",
            key=f"{key}_sql",
            help=_SQL,
        )


def _how_it_was_made(export: Export) -> None:
    st.code("\n".join([*export.numbers, *export.provenance.lines]), language=None, wrap_lines=True)


def _download(
    label: str, make: Callable[[], bytes], file_name: str, mime: str, *, key: str, **options: Any
) -> None:
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime=mime,
        key=f"download_{key}",
        on_click="ignore",
        icon=":material/download:",
        **options,
    )
