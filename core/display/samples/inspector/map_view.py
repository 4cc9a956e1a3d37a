"""One sample under every model and condition; a cell, or two boxes, set a combination."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.display import labels, layout
from core.display.components.chart import draw, text_colour
from core.display.components.chart_brush import brushed_chart, report
from core.display.components.choices import segments
from core.display.samples.inspector import chart
from core.display.samples.inspector.map_frames import SampleMap, answers_along, sample_map
from core.display.state.context import Context
from core.display.state.pins import set_role
from core.store.combination import Combination

_MAP = "sample_map"
_SETS = {"compared": "Compared", "reference": "Reference"}
_MODEL, _CONDITION = "sample_map_model", "sample_map_condition"


def condition_map(context: Context, sample_id: int) -> None:
    """The map, what its colours say, and what a click or the boxes set."""
    found = context.study.derive(sample_map, sample_id, context.reference, context.compared)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        shown = segments("Colour", chart.COLOURS, key="sample_colour")
        role = segments("A cell sets", _SETS, key="sample_sets")
        _boxes(context, found, role)
    combination = context.roles[role]
    key, _ = brushed_chart(_MAP, {"role": role, "shown": shown, "cell": combination})
    with st.container(key="wide_sample_map"):
        draw(
            partial(
                chart.condition_map, found.models, found.heads, shown=shown, text=text_colour()
            ),
            {"cells": found.drawn, "shown": found.shown},
            key=key,
            width="content",
            on_select=partial(_set_clicked, found, key, role, shown),
            selections=[chart.CELL],
            title="Right or wrong under every model and condition",
            numbers=f"sample {sample_id} · {labels.count(found.cells.height, 'combination')}",
            alt="A row for each model, a column for each condition: whether the sample is right, "
            "or its true-class probability; reference and compared are outlined.",
        )
    combinations = labels.count(found.cells.height, "combination")
    st.caption(
        f"Right under {found.right:,} of {combinations} of a model and a condition. "
        "Severities 1 to 5 of a corruption stand side by side. Outlined: reference grey, compared "
        "yellow; a click on a cell sets the one chosen above, as the two boxes and the sidebar do. "
        "A map wider than the window scrolls."
    )


def _boxes(context: Context, found: SampleMap, role: str) -> None:
    """The cell that is outlined as two boxes, for who has no mouse; options say the answers."""
    combination = context.roles[role]
    for label, key, names, answers in (
        (
            "Model",
            _MODEL,
            context.study.names.models,
            answers_along(found.cells, "model_name", condition_name=combination.condition),
        ),
        (
            "Condition",
            _CONDITION,
            context.study.names.conditions,
            answers_along(found.cells, "condition_name", model_name=combination.model),
        ),
    ):
        options = list(names)
        st.session_state[key] = combination.model if key == _MODEL else combination.condition
        st.selectbox(
            label,
            options,
            key=key,
            format_func=_with_answer(context, answers),
            on_change=_set_from_boxes,
            args=(role,),
            width=layout.WIDE_CHOICE,
        )


def _with_answer(context: Context, answers: Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: f"{context.labels[name]}: {answers.get(name, 'not tested')}"


def _set_from_boxes(role: str) -> None:
    state = st.session_state
    set_role(role, Combination(str(state[_MODEL]), str(state[_CONDITION])))


def _set_clicked(found: SampleMap, key: str, role: str, shown: str) -> None:
    event: dict[str, Any] = st.session_state[key]["selection"]
    places = [place for place in event.get(chart.CELL) or [] if "row" in place]
    picked = found.combination_at(places[0]["row"], places[0]["column"]) if places else None
    if picked is not None:
        set_role(role, picked)
        report(_MAP, {"role": role, "shown": shown, "cell": picked})
