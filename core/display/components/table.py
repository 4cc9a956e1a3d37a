"""A table on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from core.display.components.take_away import export_table
from core.display.terms import explanation

PERCENT = st.column_config.NumberColumn(format="percent")


def show_table(
    rows: pl.DataFrame,
    *,
    title: str | None,
    exported: pl.DataFrame | None = None,
    exported_config: Mapping[str, Any] | None = None,
    sources: Sequence[pl.DataFrame] = (),
    **options: Any,
) -> None:
    """The rows as a table that can be sorted and searched; headers that are terms explain them.

    Args:
        rows: also ones that other sessions show at the same time: Polars locks a frame while it
            exports it, so a clone is exported.
        title: of the exported table; None for one that is not offered (in a popover, which holds
            no other).
        exported: the rows in the units that others expect, where those on screen have others.
        exported_config: how columns of the exported rows are written, where that differs.
        sources: frames that the rows were made of, so that the export can say how.
        **options: as `streamlit.dataframe` takes them.
    """
    given = options.pop("column_config", None) or {}
    config = {
        **given,
        **{
            name: {**(given.get(name) or {}), "help": (given.get(name) or {}).get("help") or text}
            for name in rows.columns
            if (text := explanation(name)) and not isinstance(given.get(name), str)
        },
    }
    st.dataframe(rows.clone().to_arrow(), column_config=config, **options)
    if title is not None:
        export_table(
            rows if exported is None else exported,
            key=f"table_{title.lower().replace(' ', '_')}",
            title=title,
            sources=sources,
            columns=exported_config or given,
            order=options.get("column_order"),
        )
