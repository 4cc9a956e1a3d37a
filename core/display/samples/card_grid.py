"""Cards of samples beside each other, each with a button that opens the sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from core.display.samples.cards import STYLE
from core.display.state.inspected import open_sample


def card_grid(
    rows: pl.DataFrame, card: Callable[[dict[str, Any]], str], *, key: str, width: int
) -> None:
    """Draw the cards.

    Args:
        rows: with sample_id, a card each.
        card: makes the HTML of a row.
        key: of the buttons, before the sample's id.
        width: of a card in pixels.
    """
    st.html(STYLE)
    with st.container(horizontal=True, gap="small"):
        for row in rows.iter_rows(named=True):
            with st.container(width=width, gap="xxsmall"):
                st.html(card(row))
                st.button(
                    f"Inspect {row['sample_id']}",
                    key=f"{key}_{row['sample_id']}",
                    type="tertiary",
                    icon=":material/frame_inspect:",
                    on_click=open_sample,
                    args=(row["sample_id"],),
                )
