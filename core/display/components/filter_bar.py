"""The line that says which samples are looked at, and the form that changes them."""

from __future__ import annotations

import streamlit as st

from core.display import labels
from core.display.state import subset as page_filter
from core.display.state.context import Context
from core.display.terms import explanations
from core.metrics import METRICS
from core.store.queries.study import sample_count
from core.store.subsets import json_format
from core.store.subsets.base import Subset, SubsetError
from core.store.subsets.combinators import ALL_SAMPLES, parts_of
from core.store.subsets.predicates import OUTCOMES, Correctness, Outcome, OutcomeName, SampleIds
from core.store.subsets.ranges import MetricChange, MetricUnder, Range, RangeFilter

KINDS = {
    "outcome": "what the comparison does to them",
    "answer": "right or wrong under one of the two",
    "range": "a metric's value",
    "difference": "a metric's change",
    "ids": "a list of sample ids",
}


def filter_bar(context: Context) -> None:
    """The filtered samples in words with their count; a form to change them behind a button."""
    found = context.study.run(sample_count, context.sample_filter)
    total = int(context.study.classes["samples"].sum())
    st.markdown(
        f":blue-badge[samples] {labels.escaped(context.sentence)} · **{found:,}** of {total:,}",
        width="content",
    )
    with st.popover("Filter samples", icon=":material/filter_list:", width="content"):
        _parts(context)
        _form(context)
        _named(context)
    if context.sample_filter.where is not None:
        st.button(
            "Clear filter",
            key="clear_subset",
            icon=":material/filter_list_off:",
            on_click=page_filter.choose,
            args=(ALL_SAMPLES,),
        )
    if not page_filter.fits_in_url():
        st.caption("This filter is too long for a link: download it to keep it.")


def _parts(context: Context) -> None:
    for position, part in enumerate(parts_of(context.subset)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(labels.escaped(part.sentence(context.label)), width="stretch")
            st.button(
                "Remove",
                key=f"remove_part_{position}",
                on_click=page_filter.choose,
                args=(page_filter.without(context.subset, position),),
            )


def _form(context: Context) -> None:
    kind = st.selectbox("Filter by", list(KINDS), format_func=KINDS.__getitem__, key="subset_kind")
    part = _part(context, kind)
    st.button(
        "Add to filter",
        key="add_part",
        type="primary",
        disabled=part is None,
        on_click=page_filter.narrow,
        args=(context.subset, part),
    )


def _part(context: Context, kind: str) -> Subset | None:
    if kind == "ids":
        return _ids(st.text_input("Sample ids", placeholder="3, 14, 159", key="subset_ids"))
    if kind == "outcome":
        outcome: OutcomeName = st.selectbox(
            "From reference to compared",
            list(OUTCOMES),
            index=1,
            key="subset_outcome",
            format_func=lambda name: OUTCOMES[name].label,
        )
        return Outcome(context.reference, context.compared, outcome)
    combination = context.reference
    if kind != "difference":
        combination = context.roles[st.selectbox("Under", list(context.roles), key="subset_role")]
    if kind == "answer":
        answer = st.selectbox("Prediction", ["right", "wrong"], index=1, key="subset_answer")
        return Correctness(combination, answer == "right")
    metric = st.selectbox(
        "Metric",
        list(METRICS),
        help=explanations("", (metric.label for metric in METRICS.values())),
        key="subset_metric",
        format_func=lambda name: METRICS[name].label,
    )
    low = st.number_input("At least", value=None, key="subset_low", placeholder="no limit")
    high = st.number_input("At most", value=None, key="subset_high", placeholder="no limit")
    limits = Range(low, high)
    if limits.is_open:
        return None
    if kind == "range":
        return RangeFilter(MetricUnder(combination, metric), limits)
    return RangeFilter(MetricChange(context.reference, context.compared, metric), limits)


def _ids(text: str) -> Subset | None:
    words = text.replace(",", " ").split()
    if not words:
        return None
    if not all(word.isdecimal() and int(word) < 2**31 for word in words):
        st.error("Expected whole numbers, found something else.")
        return None
    return SampleIds(tuple(dict.fromkeys(int(word) for word in words)))


def _named(context: Context) -> None:
    named = page_filter.named()
    with st.expander(f"Named filters ({len(named)})"):
        name = st.text_input("Name for this filter", key="subset_name")
        st.button(
            "Save under this name",
            key="name_subset",
            disabled=not name.strip(),
            on_click=named.__setitem__,
            args=(name.strip(), context.subset),
        )
        for known, subset in named.items():
            st.button(
                labels.escaped(known),
                key=f"named_{known}",
                icon=":material/bookmark:",
                help=labels.escaped(subset.sentence()),
                on_click=page_filter.choose,
                args=(subset,),
            )
        if named:
            st.download_button(
                "Download as JSON",
                json_format.dump_named(named),
                file_name="subsets.json",
                mime="application/json",
                on_click="ignore",
            )
        uploaded = st.file_uploader("Load a file of named filters", type="json", key="subset_file")
        if uploaded is not None:
            try:
                loaded = json_format.load_named(uploaded.getvalue().decode(errors="replace"))
            except SubsetError as error:
                st.error(labels.escaped(str(error)))
            else:
                new = {key: value for key, value in loaded.items() if named.get(key) != value}
                named.update(new)
                st.caption(f"{labels.count(len(loaded), 'filter')} loaded.")
                if new:
                    st.rerun()
