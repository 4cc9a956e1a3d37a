"""A table on screen."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

PERCENT = st.column_config.NumberColumn(format="percent")


def show_table(rows: pl.DataFrame, **options: Any) -> None:
    """The rows as a table that can be sorted and searched.

    Args:
        rows: also ones that other sessions show at the same time: Polars locks a frame while it
            exports it, so a clone is exported.
        **options: as `streamlit.dataframe` takes them.
    """
    st.dataframe(rows.clone().to_arrow(), **options)
