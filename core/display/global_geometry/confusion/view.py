"""Confusion matrices: reference, compared and the change, and whose samples a cell holds."""

from __future__ import annotations

from functools import partial
from typing import Literal

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.part import fragment
from core.display.global_geometry.confusion.cell_view import cell_samples
from core.display.global_geometry.confusion.chart import CELL, MatrixShape, confusion_matrix
from core.display.global_geometry.confusion.frames import ROLES, Matrices, matrices, numbers
from core.display.state import url
from core.display.state.context import Context

Shown = Literal["difference", "reference", "compared"]
_CHOICE, _BOX = "cell", "cell_box"
_SEPARATOR = " → "


@fragment
def confusion(context: Context) -> None:
    """The change and both matrices; a cell's samples become the filter with a click."""
    st.subheader("Confusion matrix and its change", anchor=False)
    found = context.study.derive(matrices, context.paired)
    shown: list[Shown] = ["difference", "reference", "compared"]
    parts = [
        "The filtered samples by true and predicted class; the numbers are samples.",
        "Change: compared minus reference, yellow where the compared has more, grey where the "
        "reference has.",
        "The chosen class has one row." if context.class_name else "",
        found.rule,
        "Click a cell, or choose it below, to see its samples.",
    ]
    if context.compares_with_itself:
        shown = ["reference"]
        st.caption("Reference and compared are the same combination: nothing differs.")
        del parts[1]
    st.caption(" ".join(filter(None, parts)))
    picked = _picked(found)
    with st.container(key="wide_confusion"), st.container(horizontal=True, gap="medium"):
        for one in shown:
            with st.container(width="content", gap="xxsmall"):
                _matrix(found, one, picked)
    _box(found, picked)
    if all(picked):
        cell_samples(context, found.cells.filter(_is(picked)), *picked)


def _matrix(found: Matrices, shown: Shown, picked: tuple[str, str]) -> None:
    if shown == "difference":
        counted = labels.count(found.totals["reference"]["samples"], "sample")
        chart_title("Change", counted)
    else:
        counted = numbers(found, shown)
        chart_title(shown.capitalize(), counted)
    longest = found.cells[shown].abs().max() or 0
    sign = shown == "difference"
    shape = MatrixShape(found.rows.height, found.columns.height, len(str(longest)) + sign)
    key = f"confusion_{shown}"
    words = "Differences of the" if sign else f"The {shown}'s"
    draw(
        partial(confusion_matrix, shape, shown=shown, text_colour=text_colour()),
        {
            "cells": found.cells,
            "rows": found.rows,
            "columns": found.columns,
            "frame": found.cells.filter(_is(picked)).select("row", "column"),
        },
        width="content",
        key=key,
        on_select=partial(_pick, key),
        selections=[CELL],
        alt=f"{words} numbers of samples by true and predicted class.",
        numbers=counted,
    )


def _is(picked: tuple[str, str]) -> pl.Expr:
    return (pl.col("class") == picked[0]) & (pl.col("predicted") == picked[1])


def _pick(chart: str) -> None:
    rows = st.session_state[chart]["selection"].get(CELL) or [{}]
    names = [rows[0][side] for side in ("class", "predicted") if side in rows[0]]
    url.set_choice(_CHOICE, *([_SEPARATOR.join(names)] if len(names) == 2 else []))


def _box(found: Matrices, picked: tuple[str, str]) -> None:
    """The picked cell as a select box, for who has no mouse."""
    cells = found.cells.select("class", "predicted", *ROLES).rows()
    words = {
        _SEPARATOR.join(names): f"true {names[0]}, predicted {names[1]}: {before:,} → {after:,}"
        for *names, before, after in cells
    }
    text = _SEPARATOR.join(picked)
    st.session_state[_BOX] = text if text in words else None  # a cell may hold no sample
    st.selectbox(
        "Cell, and its samples under reference → compared",
        list(words),
        index=None,
        key=_BOX,
        format_func=lambda one: words.get(one, one),
        placeholder="none",
        on_change=_pick_in_box,
        width=layout.CELL_CHOICE,
    )


def _pick_in_box() -> None:
    picked = st.session_state[_BOX]
    url.set_choice(_CHOICE, *([] if picked is None else [str(picked)]))


def _picked(found: Matrices) -> tuple[str, str]:
    """True and predicted class of the picked cell; empty where none of those shown is."""
    true, _, predicted = (url.get_choice(_CHOICE) or "").partition(_SEPARATOR)
    is_shown = true in found.rows["name"] and predicted in found.columns["name"]
    return (true, predicted) if is_shown else ("", "")
