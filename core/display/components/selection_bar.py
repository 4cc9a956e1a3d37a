"""The line about the samples that a brush selects, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core.display import labels
from core.display.components.range_form import range_form
from core.display.shell.navigation import EVALUATION, PAGES, SAMPLES
from core.display.state import subset as page_filter
from core.display.state.brush_filters import Ranges
from core.display.state.context import Context
from core.display.state.inspected import close_sample
from core.store.subsets.base import Subset
from core.store.subsets.combinators import ALL_SAMPLES, all_of


def selection_bar(
    context: Context,
    parts: Sequence[Subset],
    *,
    selected: int,
    samples: int,
    hint: str,
    values: Mapping[str, str],
    ranges: Ranges,
    clear: Callable[[], None],
    key: str,
    result: str = "",
) -> None:
    """How many samples are selected and why, the ranges as fields, and buttons.

    Buttons stand there from the start, so that nothing moves when some are selected.

    Args:
        context: the open study.
        parts: what is selected, as parts of a subset; none where all samples are.
        selected: samples that are selected.
        samples: all filtered ones.
        hint: how to select some, where all are.
        values: what each range is about, by name.
        ranges: those that are set, by name.
        clear: selects all samples again.
        key: part of the keys of the buttons.
        result: said of the selected samples after the parts.
    """
    with st.container(key=f"selection_{key}", gap="xsmall"):
        if parts:
            words = all_of(*parts).sentence(context.label)
            text = f"**Selected {selected:,} of {samples:,}**: {labels.escaped(words + result)}"
        else:
            text = f"**All {samples:,}** samples. {hint}"
        st.markdown(text)
        with st.container(key=f"choices_{key}", horizontal=True, gap="xsmall"):
            range_form(values, ranges)
            use_or_clear(context, parts, clear, key=key, idle=not selected or not parts)
            if context.subset != ALL_SAMPLES and st.button(
                "See filter in the evaluation table", icon=":material/table_chart:", key="to_table"
            ):
                st.switch_page(PAGES[EVALUATION].file)


def use_or_clear(
    context: Context,
    parts: Sequence[Subset],
    clear: Callable[[], None],
    *,
    key: str,
    idle: bool = False,
) -> None:
    """Buttons that make a selection the filter, here or to see it, and that give it up.

    Args:
        context: the open study.
        parts: what is selected, as parts of a subset.
        clear: selects all samples again.
        key: part of the keys of the buttons.
        idle: nothing is selected that could be a filter.
    """
    use, drop = ":material/filter_list:", ":material/filter_list_off:"
    used = st.button("Use as filter", icon=use, key=f"use_{key}", disabled=idle)
    images = PAGES[SAMPLES]
    opened = st.button("Open in Samples", icon=images.icon, key=f"open_{key}", disabled=idle)
    if used or opened:
        page_filter.narrow(context.subset, *parts)
        clear()
    if opened:
        close_sample()
        st.switch_page(images.file)
    if used:
        st.rerun()
    st.button("Clear selection", icon=drop, key=f"clear_{key}", on_click=clear, disabled=not parts)
