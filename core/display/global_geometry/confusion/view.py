"""The confusion behind the angles: which cell of the matrix grows from reference to compared."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import draw, ink
from core.display.global_geometry.axes import own_class
from core.display.global_geometry.confusion.chart import CELL, confusion_difference
from core.display.query_cache import ask
from core.display.state import subset as subset_state
from core.display.state import url as url_state
from core.display.state.context import View
from core.store.queries import class_angles as direction_queries
from core.store.subsets.class_angle import PredictedAs
from core.store.subsets.predicates import AllOf, OfClass

MOST_SHOWN = 20
_CHOICE = "cell"
_CHART = "confusion_difference"
_SEPARATOR = " → "
_STYLE = "<style>.st-key-wide_confusion { overflow-x: auto; max-width: 100%; }</style>"


def changed_cells(view: View) -> tuple[pl.DataFrame, list[str]]:
    """The matrix of the subset's samples over all true classes, and the classes it shows.

    With more than MOST_SHOWN classes, those whose rows and columns change most, the chosen
    class always among them.

    Returns:
        class, predicted, reference, compared, difference (samples), strength (the difference
        as a part of the largest), a row for each pair of shown classes with a sample in either;
        and the shown classes in label order.
    """
    chosen = replace(view.chosen, class_id=None)
    reference, compared = (
        ask(direction_queries.confusion, view.resolved, one.key, chosen=chosen).rename(
            {"samples": role}
        )
        for role, one in (("reference", view.reference), ("compared", view.compared))
    )
    cells = (
        reference.join(compared, on=["label", "prediction"], how="full", coalesce=True)
        .fill_null(0)
        .with_columns(difference=pl.col("compared") - pl.col("reference"))
        .sort("label", "prediction")
    )
    shown = view.classes["class_id"].to_list()
    if len(shown) > MOST_SHOWN:
        change = pl.col("difference").abs()
        touched = pl.concat(
            cells.group_by(pl.col(side).alias("class_id")).agg(change=change.sum())
            for side in ("label", "prediction")
        )
        ranked = (
            touched.group_by("class_id")
            .agg(pl.col("change").sum())
            .sort("change", "class_id", descending=[True, False])["class_id"]
            .to_list()
        )
        own = own_class(view)
        front = [] if own is None else [own]
        shown = sorted([*front, *(k for k in ranked if k != own)][:MOST_SHOWN])
    names = dict(zip(view.classes["class_id"], view.classes["name"], strict=True))
    named = cells.filter(
        pl.col("label").is_in(shown) & pl.col("prediction").is_in(shown)
    ).select(
        pl.col("label").replace_strict(names, return_dtype=pl.String).alias("class"),
        pl.col("prediction").replace_strict(names, return_dtype=pl.String).alias("predicted"),
        "reference",
        "compared",
        "difference",
        strength=pl.col("difference").abs()
        / pl.max_horizontal(pl.col("difference").abs().max(), 1),
    )  # fmt: skip
    return named, [names[k] for k in shown]


@st.fragment
def confusion(view: View) -> None:
    """The matrix of differences; a cell's samples become the subset with a click."""
    st.html(_STYLE)
    st.subheader("The confusion behind it", anchor=False)
    if view.reference == view.compared:
        st.caption("Reference and compared are the same combination: nothing differs.")
        return
    cells, names = changed_cells(view)
    rule = ""
    if len(names) < view.classes.height:
        rule = (
            f" {len(names)} of {view.classes.height:,} classes, those whose rows and columns "
            "change most."
        )
    st.caption(
        "Samples by true and predicted class, compared minus reference: yellow where the compared "
        f"has more, grey where the reference has.{rule} Click a cell to see whose samples they are."
    )
    picked = _picked(view)
    shown = set(cells.select("class", "predicted").rows())
    url_state.write_choices()
    with (
        st.container(key="wide_confusion"),
        st.container(horizontal=True, gap="large", vertical_alignment="center"),
    ):
        draw(
            partial(confusion_difference, tuple(names), ink=ink()),
            {
                "cells": cells,
                "own": pl.DataFrame({"class": [one for one in names if one == view.class_name]},
                                    schema={"class": pl.String}),
                "frame": pl.DataFrame([picked] if picked in shown else [], orient="row",
                                      schema={"class": pl.String, "predicted": pl.String}),
            },
            width="content",
            key=_CHART,
            on_select=_pick,
            selections=[CELL],
            alt="Differences of the confusion matrices of compared and reference.",
        )  # fmt: skip
        if picked is not None:
            with st.container(width=300):
                _cell(view, cells, *picked)


def _pick() -> None:
    event: dict[str, Any] = st.session_state[_CHART]["selection"]
    rows = event.get(CELL) or []
    found = rows[0] if rows and {"class", "predicted"} <= rows[0].keys() else None
    chosen = [] if found is None else [f"{found['class']}{_SEPARATOR}{found['predicted']}"]
    url_state.set_choice(_CHOICE, *chosen)


def _picked(view: View) -> tuple[str, str] | None:
    true, _, predicted = (url_state.get_choice(_CHOICE) or "").partition(_SEPARATOR)
    names = set(view.classes["name"])
    return (true, predicted) if true in names and predicted in names else None


def _cell(view: View, cells: pl.DataFrame, true: str, predicted: str) -> None:
    found = cells.filter((pl.col("class") == true) & (pl.col("predicted") == predicted))
    counts = found.row(0, named=True) if found.height else {"reference": 0, "compared": 0}
    st.markdown(f"**{labels.escaped(true)}** predicted as **{labels.escaped(predicted)}**")
    for role in ("reference", "compared"):
        samples = labels.count(counts[role], "sample")
        if st.button(
            f"Make {samples} of the {role} the subset",
            key=f"cell_{role}",
            disabled=not counts[role],
        ):
            part = AllOf((OfClass(true), PredictedAs(view.pair[role], predicted)))
            subset_state.choose(AllOf((*_before(view), *part.parts)))
            url_state.set_choice("class", "All classes")
            url_state.set_choice(_CHOICE)
            st.rerun()


def _before(view: View) -> tuple[Any, ...]:
    return () if view.subset == AllOf() else subset_state.parts_of(view.subset)
