"""A picture with what it says beside it: numbers, selection and images, on one screen together."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.display import layout


def picture_and_answers(key: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Two columns: the picture at the left, numbers and images at the right.

    Where the window is narrow the second one comes under the first.

    Args:
        key: part of the key of the second column.
    """
    row = st.container(horizontal=True, gap="small")
    picture = row.container(width=layout.PICTURE, gap="xsmall")
    return picture, row.container(width=layout.ANSWERS, key=f"answers_{key}", gap="xsmall")


def choices_row(key: str) -> DeltaGenerator:
    """A row for choices, low enough to leave the screen to the picture.

    Args:
        key: part of the key of the row.
    """
    return st.container(
        key=f"choices_{key}", horizontal=True, vertical_alignment="center", gap="small"
    )
