"""Why answers change between reference and compared, as parts of the page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.display import labels
from core.display.components.chart import chart_title, draw, text_colour
from core.display.components.paired_line import paired_line
from core.display.samples.flips.frames import FlipGroup, flips
from core.display.samples.inspector.chart import gap_waterfall
from core.display.state.context import Context
from core.store.subsets.predicates import OUTCOMES, OutcomeName

_WIDTH = 500
_GROUPS: tuple[OutcomeName, ...] = ("broken", "fixed")


def why_answers_change(context: Context) -> None:
    """Mean anatomy of what the compared breaks, and of what it fixes."""
    if context.compares_with_itself:
        same = "Reference and compared are the same combination: nothing differs."
        st.info(same, icon=":material/equal:")
        return
    paired_line(context)
    found = context.study.derive(flips, context.paired)
    if found.missing is not None:
        st.info(found.missing, icon=":material/info:")
        return
    with st.container(horizontal=True, gap="medium"):
        for outcome in _GROUPS:
            with st.container(width=_WIDTH, gap="xsmall"):
                _group(OUTCOMES[outcome].label, found.groups[outcome], outcome)
    st.markdown(
        "The **logit gap** is the logit of the true class minus the largest of the others: below "
        "zero the answer is wrong. Logits follow from the feature's length, its angles to the "
        "classes, and the norms and biases of the last layer; each has its exact Shapley share of "
        "the change of the gap, averaged over the samples here. The steps sum to the mean change."
    )
    st.caption(
        "These samples are chosen by what the two models say to them: means of what is observed, "
        "without a test."
    )


def _group(title: str, group: FlipGroup, outcome: str) -> None:
    chart_title(title.capitalize(), labels.count(group.samples, "sample"))
    if not group.samples:
        st.caption("None.")
        return
    draw(
        partial(gap_waterfall, text=text_colour()),
        {"steps": group.steps},
        key=f"flips_{outcome}",
        numbers=labels.count(group.samples, "sample"),
        alt=f"Mean logit gap of the samples {title}, from reference to compared, step by step.",
    )
    most = sorted(group.largest.items(), key=lambda one: -one[1])
    words = ", ".join(f"{name} in {times:,}" for name, times in most if times)
    st.caption(f"Does most for the change: {words} of {labels.count(group.samples, 'sample')}.")
