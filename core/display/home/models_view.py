"""Home: accuracy by sparsity, and every model by sparsity or size; a click compares one."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from core.display import labels
from core.display.components.chart import chart_title, draw
from core.display.components.choices import segments
from core.display.dense_models import with_dense
from core.display.home.chart import MODEL, accuracy_by_sparsity, all_models
from core.display.home.frames import HomeFrames
from core.display.home.questions import (
    COMPARE,
    hardest_condition,
)
from core.display.shell.navigation import LOCAL, PAGES
from core.display.state import url
from core.display.state.context import Context
from core.display.state.pins import set_role
from core.store.combination import Combination

_HALF = 522
_CLICKED = "home_model_clicked"
_ACROSS = {"sparsity": "By sparsity", "parameters": "By size"}


def models_at_a_glance(context: Context, rows: HomeFrames) -> None:
    """Accuracy by sparsity, and every model by sparsity or size; a click compares one."""
    if rows.curves.is_empty():
        return
    st.subheader("All models", anchor=False)
    with st.container(horizontal=True, gap="xsmall"):
        with st.container(width=_HALF, gap="xsmall"):
            chart_title("Accuracy by sparsity", "mean over seeds, lines join measured points")
            draw(
                partial(accuracy_by_sparsity, rows.curve_colours, fewest=rows.fewest),
                {"points": rows.curves},
                key="accuracy_chart",
                alt="Accuracy on clean and on corrupted images by target sparsity.",
                numbers=f"{labels.count(context.study.about['samples'], 'image')} per condition",
            )
        if rows.models.is_empty():
            return
        with st.container(width=_HALF, gap="xsmall"):
            chart_title("Robustness of every model", "a click compares it with its dense parent")
            across = segments("Across", _ACROSS, key="home_across", labelled=False)
            shown = {
                name: colour
                for name, colour in rows.colours.items()
                if name in rows.models["series"]
            }
            draw(
                partial(all_models, shown, across=across, fewest=rows.fewest),
                {"models": rows.models},
                key="all_models",
                on_select=_model_clicked,
                selections=[MODEL],
                alt="Mean accuracy on corrupted images of every model, by sparsity or size.",
                numbers=labels.count(rows.models.height, "model"),
            )
    clicked = st.session_state.pop(_CLICKED, None)
    if clicked is not None:
        _compare_with_dense(context, clicked)


def _model_clicked() -> None:
    picked = st.session_state["all_models"]["selection"].get(MODEL) or [{}]
    if "name" in picked[0]:
        st.session_state[_CLICKED] = str(picked[0]["name"])


def _compare_with_dense(context: Context, name: str) -> None:
    """Go to Compare with the model and the dense one that it was made from."""
    rated = with_dense(context.study.models)
    (dense_id,) = rated.filter(pl.col("name") == name)["dense_id"]
    dense = rated.filter(pl.col("model_id") == dense_id)["name"]
    condition = context.study.derive(hardest_condition, name)
    if condition is None or dense.is_empty():
        return
    set_role("reference", Combination(str(dense[0]), condition))
    set_role("compared", Combination(name, condition))
    for key, value in COMPARE.items():
        url.set_choice(key, value)
    st.switch_page(PAGES[LOCAL].file)
