"""The line about the samples that are kept by how they change between two combinations."""

from __future__ import annotations

import streamlit as st

from core.display import kept_samples, labels, limits, subset_state
from core.display.brushes import Range
from core.display.comparison import Comparison
from core.display.state import View
from core.store.selection import AllOf


def kept_line(view: View, found: Comparison, kept: dict[str, Range]) -> None:
    """How many samples are kept and why, and what can be done with them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if kept:
            words = " and ".join(
                part.sentence(lambda name: view.labels.get(name, name))
                for part in kept_samples.parts(view, kept)
            )
            st.markdown(
                f"**Kept {found.kept:,} of {found.samples:,}**: {labels.escaped(words)}",
                width="stretch",
            )
        else:
            st.markdown(
                f"**All {found.samples:,}** chosen samples. Drag along a histogram or over the "
                "first plot below to keep some of them.",
                width="stretch",
            )
        limits.fields(
            {name: f"{m.capitalize()} changes by" for name, m in kept_samples.CHANGES.items()}, kept
        )
        if kept and st.button(
            "Make these the subset", icon=":material/filter_list:", key="keep_brushed"
        ):
            whole = (*subset_state.parts_of(view.subset), *kept_samples.parts(view, kept))
            subset_state.choose(AllOf(whole) if len(whole) > 1 else whole[0])
            kept_samples.clear()
            st.rerun()
        if kept:
            st.button(
                "Keep all",
                icon=":material/filter_list_off:",
                key="clear_brushes",
                on_click=kept_samples.clear,
            )
        elif view.subset != AllOf() and st.button(
            "The subset in the evaluation table", icon=":material/table_chart:", key="to_table"
        ):
            st.switch_page("pages/1_Evaluation_Table.py")
