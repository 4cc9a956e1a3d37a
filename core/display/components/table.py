"""A table on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from core.display.components.take_away import export_table
from core.display.paired_words import p_value_words
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
    shown = readable(rows)
    for name, kind in rows.schema.items():
        # how numbers are written says nothing about a column of words; what it means, does
        if shown.schema[name] != kind and not isinstance(config.get(name), str):
            config[name] = {"help": (config.get(name) or {}).get("help")}
    options.setdefault("placeholder", "–")
    st.dataframe(shown.clone().to_arrow(), column_config=config, **options)
    if title is not None:
        export_table(
            rows if exported is None else exported,
            key=f"table_{title.lower().replace(' ', '_')}",
            title=title,
            sources=sources,
            columns=exported_config or given,
            order=options.get("column_order"),
        )


def readable(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `yes` and `no` for booleans, and p-values as people write them.

    Args:
        rows: of a table; a column of p-values is called `p`, or `p` and how they are corrected.
    """
    changed = []
    for name, kind in rows.schema.items():
        if kind == pl.Boolean:
            changed.append(
                pl.col(name).replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
            )
        elif kind.is_float() and (name == "p" or name.startswith("p (")):
            changed.append(pl.col(name).map_elements(_p_words, return_dtype=pl.String))
    return rows.with_columns(changed)


def _p_words(value: float) -> str:
    # with a space before it the smallest stands first where the column is sorted
    words = p_value_words(value)
    return f" {words}" if words.startswith("<") else words
