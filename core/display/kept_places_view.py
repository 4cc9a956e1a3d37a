"""The line about the samples that are kept by their place under one combination."""

from __future__ import annotations

import streamlit as st

from core.display import kept_places, labels, limits, local_geometry, subset_state
from core.display.brushes import Range
from core.display.local_geometry import LocalGeometry
from core.display.state import Combination, View
from core.store.selection import AllOf


def kept_line(
    view: View, combination: Combination, geometry: LocalGeometry, kept: dict[str, Range]
) -> None:
    """How many samples are kept and why, and what can be done with them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if kept:
            words = " and ".join(
                part.sentence(lambda name: view.labels.get(name, name))
                for part in kept_places.parts(combination, kept)
            )
            accuracy = local_geometry.accuracy_words(
                geometry.total("kept_correct"), geometry.total("kept")
            )
            st.markdown(
                f"**Kept {geometry.total('kept'):,} of {geometry.total('samples'):,}**: "
                f"{labels.escaped(words)} · accuracy {labels.escaped(accuracy.split(',')[0])}",
                width="stretch",
            )
        else:
            st.markdown(
                f"**All {geometry.total('samples'):,}** chosen samples. Drag over a large plot, "
                "or set limits, to keep some of them.",
                width="stretch",
            )
        metrics = {name: metric.capitalize() for name, metric in kept_places.PLACES.items()}
        limits.fields(metrics, kept)
        if kept and st.button(
            "Make these the subset", icon=":material/filter_list:", key="keep_placed"
        ):
            parts = kept_places.parts(combination, kept)
            whole = (*subset_state.parts_of(view.subset), *parts)
            subset_state.choose(AllOf(whole) if len(whole) > 1 else whole[0])
            kept_places.clear()
            st.rerun()
        if kept:
            st.button(
                "Keep all",
                icon=":material/filter_list_off:",
                key="clear_places",
                on_click=kept_places.clear,
            )
        elif view.subset != AllOf() and st.button(
            "The subset in the evaluation table", icon=":material/table_chart:", key="to_table"
        ):
            st.switch_page("pages/1_Evaluation_Table.py")
