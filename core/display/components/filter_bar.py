"""The line that says which samples are looked at, and the form that changes them."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from core.display import cached_queries, labels
from core.display.state import subset as subset_state
from core.display.state.context import View
from core.store.subsets import json_format as selection_json
from core.store.subsets.predicates import (
    METRICS,
    OUTCOMES,
    AllOf,
    Answered,
    Listed,
    MetricDifference,
    MetricRange,
    OutcomeName,
    SelectionError,
    Subset,
)
from core.store.subsets.predicates import Outcome as OutcomeSubset

KINDS = {
    "outcome": "what the comparison does to them",
    "answer": "right or wrong under one of the two",
    "range": "a metric's value",
    "difference": "a metric's change",
    "ids": "a list of sample ids",
}


def subset_panel(view: View) -> None:
    """The chosen samples in words with their count; a form to change them behind a button."""
    found = cached_queries.sample_count(view.resolved, view.chosen)
    total = int(view.classes["samples"].sum())
    st.markdown(
        f":blue-badge[samples] {labels.escaped(view.sentence)} · **{found:,}** of {total:,}",
        width="content",
    )
    with st.popover("Choose samples", icon=":material/filter_list:", width="content"):
        _parts(view)
        _form(view)
        _named(view)
    if view.chosen.where is not None:
        st.button(
            "All samples",
            key="clear_subset",
            icon=":material/filter_list_off:",
            on_click=subset_state.choose,
            args=(AllOf(),),
        )
    if not subset_state.fits_in_url():
        st.caption("This subset is too long for a link: download it to keep it.")


def _parts(view: View) -> None:
    for position, part in enumerate(subset_state.parts_of(view.subset)):
        with st.container(horizontal=True, vertical_alignment="center"):
            words = part.sentence(lambda name: view.labels.get(name, name))
            st.markdown(labels.escaped(words), width="stretch")
            st.button(
                "Remove",
                key=f"remove_part_{position}",
                on_click=subset_state.choose,
                args=(subset_state.without(view.subset, position),),
            )


def _form(view: View) -> None:
    kind = st.selectbox(
        "Keep samples by", list(KINDS), format_func=lambda name: KINDS[name], key="subset_kind"
    )
    part = _part(view, kind)
    st.button(
        "Keep these only",
        key="add_part",
        type="primary",
        disabled=part is None,
        on_click=subset_state.narrow,
        args=(view.subset, part),
    )


def _part(view: View, kind: str) -> Subset | None:
    pairs = view.pair
    if kind == "ids":
        return _listed(st.text_input("Sample ids", placeholder="3, 14, 159", key="subset_ids"))
    if kind == "outcome":
        outcome: OutcomeName = st.selectbox(
            "From reference to compared", list(get_args(OutcomeName)), index=1, key="subset_outcome"
        )
        assert outcome in OUTCOMES
        return OutcomeSubset(pairs["reference"], pairs["compared"], outcome)
    role = "reference"
    if kind != "difference":
        role = st.selectbox("Under", list(pairs), key="subset_role")
    if kind == "answer":
        answer = st.selectbox("Answer", ["right", "wrong"], index=1, key="subset_answer")
        return Answered(pairs[role], answer == "right")
    metric = st.selectbox("Metric", list(METRICS), key="subset_metric")
    low = st.number_input("At least", value=None, key="subset_low", placeholder="no limit")
    high = st.number_input("At most", value=None, key="subset_high", placeholder="no limit")
    if low is None and high is None:
        return None
    if kind == "range":
        return MetricRange(pairs[role], metric, low, high)
    return MetricDifference(pairs["reference"], pairs["compared"], metric, low, high)


def _listed(text: str) -> Subset | None:
    words = text.replace(",", " ").split()
    if not words:
        return None
    if not all(word.isdecimal() and int(word) < 2**31 for word in words):
        st.error("Expected whole numbers, found something else.")
        return None
    return Listed(tuple(dict.fromkeys(int(word) for word in words)))


def _named(view: View) -> None:
    named = subset_state.named()
    with st.expander(f"Named subsets ({len(named)})"):
        name = st.text_input("Name for the chosen samples", key="subset_name")
        st.button(
            "Keep under this name",
            key="name_subset",
            disabled=not name.strip(),
            on_click=named.__setitem__,
            args=(name.strip(), view.subset),
        )
        for known, subset in named.items():
            st.button(
                known,
                key=f"named_{known}",
                icon=":material/bookmark:",
                help=subset.sentence(),
                on_click=subset_state.choose,
                args=(subset,),
            )
        if named:
            st.download_button(
                "Download as JSON",
                selection_json.dump_named(named),
                file_name="subsets.json",
                mime="application/json",
                on_click="ignore",
            )
        uploaded = st.file_uploader("Load a file of named subsets", type="json", key="subset_file")
        if uploaded is not None:
            try:
                loaded = selection_json.load_named(uploaded.getvalue().decode(errors="replace"))
            except SelectionError as error:
                st.error(str(error))
            else:
                new = {key: value for key, value in loaded.items() if named.get(key) != value}
                named.update(new)
                st.caption(f"{labels.count(len(loaded), 'subset')} loaded.")
                if new:
                    st.rerun()
