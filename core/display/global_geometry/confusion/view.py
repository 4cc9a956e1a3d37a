"""Confusion matrices: reference, compared and the change, and whose samples a cell holds."""

from __future__ import annotations

from functools import partial
from typing import Literal

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.part import fragment
from core.display.global_geometry.confusion.chart import CELL, MatrixShape, confusion_matrix
from core.display.global_geometry.confusion.frames import Matrices, matrices, numbers
from core.display.shell.sidebar import ALL_CLASSES
from core.display.state import subset as page_filter
from core.display.state import url
from core.display.state.context import Context
from core.store.subsets.predicates import OfClass, PredictedAs

Shown = Literal["difference", "reference", "compared"]
_CHOICE = "cell"
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
        "Click a cell to see whose samples they are.",
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
    if all(picked):
        _cell(context, found.cells.filter(_is(picked)), *picked)


def _matrix(found: Matrices, shown: Shown, picked: tuple[str, str]) -> None:
    if shown == "difference":
        chart_title("Change", labels.count(found.totals["reference"]["samples"], "sample"))
    else:
        chart_title(shown.capitalize(), numbers(found, shown))
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
    )


def _is(picked: tuple[str, str]) -> pl.Expr:
    return (pl.col("class") == picked[0]) & (pl.col("predicted") == picked[1])


def _pick(chart: str) -> None:
    rows = st.session_state[chart]["selection"].get(CELL) or [{}]
    names = [rows[0][side] for side in ("class", "predicted") if side in rows[0]]
    url.set_choice(_CHOICE, *([_SEPARATOR.join(names)] if len(names) == 2 else []))


def _picked(found: Matrices) -> tuple[str, str]:
    """True and predicted class of the picked cell; empty where none of those shown is."""
    true, _, predicted = (url.get_choice(_CHOICE) or "").partition(_SEPARATOR)
    is_shown = true in found.rows["name"] and predicted in found.columns["name"]
    return (true, predicted) if is_shown else ("", "")


def _cell(context: Context, cell: pl.DataFrame, true: str, predicted: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        words = f"True **{labels.escaped(true)}**, predicted **{labels.escaped(predicted)}**"
        st.markdown(words, width="content")
        for role, combination in context.roles.items():
            count = int(cell[role].sum())
            if st.button(
                f"Use as filter: {labels.count(count, 'sample')} under the {role}",
                key=f"cell_{role}",
                icon=":material/filter_list:",
                disabled=not count,
            ):
                parts = OfClass(true), PredictedAs(combination, predicted)
                page_filter.narrow(context.subset, *parts)
                url.set_choice("class", ALL_CLASSES)
                url.set_choice(_CHOICE)
                st.rerun()
