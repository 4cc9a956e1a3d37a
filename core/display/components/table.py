"""A table on screen."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from core.display.terms import explanation

PERCENT = st.column_config.NumberColumn(format="percent")


def show_table(rows: pl.DataFrame, **options: Any) -> None:
    """The rows as a table that can be sorted and searched; headers that are terms explain them.

    Args:
        rows: also ones that other sessions show at the same time: Polars locks a frame while it
            exports it, so a clone is exported.
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
