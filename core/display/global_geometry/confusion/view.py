"""Change of the confusion matrix: which cell grows from reference to compared, and whose it is."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels, layout
from core.display.components.chart import draw, text_colour
from core.display.global_geometry.confusion.chart import CELL, confusion_change
from core.display.global_geometry.confusion.frames import changed_cells
from core.display.shell.sidebar import ALL_CLASSES
from core.display.state import subset as page_filter
from core.display.state import url
from core.display.state.context import Context
from core.store.subsets.predicates import OfClass, PredictedAs

_CHOICE = "cell"
_CHART = "confusion_difference"
_SEPARATOR = " → "


@st.fragment
def confusion(context: Context) -> None:
    """The matrix of differences; a cell's samples become the filter with a click."""
    st.subheader("Change of the confusion matrix", anchor=False)
    if context.compares_with_itself:
        st.caption("Reference and compared are the same combination: nothing differs.")
        return
    change = context.study.derive(changed_cells, context.paired)
    picked = _picked(change.classes["name"])
    st.caption(
        "Samples by true and predicted class, compared minus reference: yellow where the compared "
        f"has more, grey where the reference has. {change.rule} Click a cell to see whose samples "
        "they are."
    )
    at = (pl.col("class") == picked[0]) & (pl.col("predicted") == picked[1])
    cell = change.cells.filter(at)
    with (
        st.container(key="wide_confusion"),
        st.container(horizontal=True, gap="large", vertical_alignment="center"),
    ):
        draw(
            partial(confusion_change, change.classes.height, text_colour=text_colour()),
            {
                "cells": change.cells,
                "classes": change.classes,
                "frame": cell.select("row", "column"),
            },
            width="content",
            key=_CHART,
            on_select=_pick,
            selections=[CELL],
            alt="Differences of the confusion matrices of compared and reference.",
        )
        if all(picked):
            with st.container(width=layout.SIDE_COLUMN):
                _cell(context, cell, *picked)


def _pick() -> None:
    rows = st.session_state[_CHART]["selection"].get(CELL) or [{}]
    names = [rows[0][side] for side in ("class", "predicted") if side in rows[0]]
    url.set_choice(_CHOICE, *([_SEPARATOR.join(names)] if len(names) == 2 else []))


def _picked(shown: pl.Series) -> tuple[str, str]:
    """True and predicted class of the picked cell; empty where none of those shown is."""
    true, _, predicted = (url.get_choice(_CHOICE) or "").partition(_SEPARATOR)
    return (true, predicted) if {true, predicted} <= set(shown) else ("", "")


def _cell(context: Context, cell: pl.DataFrame, true: str, predicted: str) -> None:
    st.markdown(f"True **{labels.escaped(true)}**, predicted **{labels.escaped(predicted)}**")
    for role, combination in context.roles.items():
        count = int(cell[role].sum())
        if st.button(
            f"Use as filter: {labels.count(count, 'sample')} under the {role}",
            key=f"cell_{role}",
            icon=":material/filter_list:",
            disabled=not count,
        ):
            page_filter.narrow(context.subset, OfClass(true), PredictedAs(combination, predicted))
            url.set_choice("class", ALL_CLASSES)
            url.set_choice(_CHOICE)
            st.rerun()
