"""The line about the ranges on the axes: what they select, and how to change them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.display import labels
from core.display.components.range_form import range_form
from core.display.global_geometry import brush
from core.display.global_geometry.axes import Axis
from core.display.state import subset as page_filter
from core.display.state.brush_filters import Ranges
from core.display.state.context import Context

HINT = (
    "Drag along an axis to select lines, along further axes to select fewer, along the same one "
    "to replace its range."
)


def brush_bar(
    context: Context, axes: Sequence[Axis], ranges: Ranges, *, samples: int, selected: int | None
) -> None:
    """How many samples are selected, a button for each range, and fields for their ends.

    Args:
        context: the open study.
        axes: left to right.
        ranges: those that are set, by name.
        samples: filtered ones.
        selected: of these, how many are in all ranges; None where no range is set.
    """
    if selected is None:
        st.caption(HINT, width="stretch")
    else:
        of_all = labels.count(samples, "sample")
        st.markdown(f"**Selected {selected:,}** of {of_all}", width="content")
    for name, limits in ranges.items():
        st.button(
            brush.words(name, limits),
            key=f"interval_{brush.to_text(name, limits)}",
            icon=":material/close:",
            help="Remove this range",
            on_click=brush.remove,
            args=(name,),
        )
    titles = {axis.range_name(role): axis.title for axis in axes for role in brush.ROLES}
    range_form(
        {name: f"{title[0].upper()}{title[1:]}" for name, title in titles.items()},
        ranges,
        store=lambda name, limits: brush.put({name: limits}),
        choose_value=lambda: _choose_axis(axes),
    )
    if selected is None:
        return
    if st.button(
        "Use as filter", icon=":material/filter_list:", key="use_ranges", disabled=not selected
    ):
        page_filter.narrow(context.subset, *brush.filters(ranges, context.roles))
        brush.remove(*ranges)
        st.rerun()
    st.button(
        "Clear selection",
        icon=":material/filter_list_off:",
        key="clear_ranges",
        on_click=brush.remove,
        args=tuple(ranges),
    )


def _choose_axis(axes: Sequence[Axis]) -> str:
    by_title = {axis.title: axis for axis in axes}
    axis = by_title[st.selectbox("Axis", list(by_title), key="range_axis")]
    role: str = st.selectbox("Combination", brush.ROLES, key="range_role")
    return axis.range_name(role)
