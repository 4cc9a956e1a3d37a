"""The line about the samples that a brush keeps, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import streamlit as st

from core.display import labels
from core.display.components.chart_brush import Range
from core.display.state import brush_filters as limits
from core.display.state import subset as subset_state
from core.display.state.context import View
from core.store.subsets.base import Subset
from core.store.subsets.predicates import AllOf


def kept_line(
    view: View,
    parts: Sequence[Subset],
    *,
    numbers: tuple[int, int],
    hint: str,
    fields: Mapping[str, str],
    ranges: Mapping[str, Range],
    by: Literal["brushed", "placed"],
    clear: Callable[[], None],
    result: str = "",
) -> None:
    """How many samples are kept and why, the limits as fields, and buttons.

    Args:
        view: the open study.
        parts: what is kept, as parts of a subset; none where all samples are.
        numbers: samples that are kept, and all chosen ones.
        hint: how to keep some, where all are kept.
        fields: what each range is about, by name.
        ranges: those that are set, by name.
        by: part of the keys of the buttons.
        clear: keeps all samples again.
        result: said of the kept samples after the parts.
    """
    kept, samples = numbers
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if parts:
            words = " and ".join(
                part.sentence(lambda name: view.labels.get(name, name)) for part in parts
            )
            said = f"**Kept {kept:,} of {samples:,}**: {labels.escaped(words + result)}"
        else:
            said = f"**All {samples:,}** chosen samples. {hint}"
        st.markdown(said, width="stretch")
        limits.fields(fields, ranges)
        if parts:
            if st.button("Make these the subset", icon=":material/filter_list:", key=f"keep_{by}"):
                subset_state.narrow(view.subset, *parts)
                clear()
                st.rerun()
            st.button(
                "Keep all", icon=":material/filter_list_off:", key=f"clear_{by}", on_click=clear
            )
        elif view.subset != AllOf() and st.button(
            "The subset in the evaluation table", icon=":material/table_chart:", key="to_table"
        ):
            st.switch_page("pages/1_Evaluation_Table.py")
