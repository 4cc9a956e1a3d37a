"""The intervals as words and numbers: what they keep, taking them away, typing their ends."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.display import labels
from core.display.global_geometry import brush as on_axes
from core.display.global_geometry.axes import Axis
from core.display.global_geometry.brush import Interval
from core.display.state import subset as subset_state
from core.display.state.context import View

_AXIS = "limits_axis"
_ROLE = "limits_role"
_SIDES = ("least", "most")
HINT = (
    "Drag along an axis to keep the lines that pass, on further axes to narrow them, on the same "
    "one to replace its interval."
)


def limits(
    view: View,
    axes: Sequence[Axis],
    intervals: Sequence[Interval],
    *,
    samples: int,
    kept: int | None,
) -> None:
    """How many samples pass, a button for each interval, and fields for their ends.

    Args:
        view: the open study.
        axes: left to right.
        intervals: those that are set.
        samples: chosen samples.
        kept: of these, how many pass; None where no interval is set.
    """
    if kept is None:
        st.caption(HINT, width="stretch")
    else:
        st.markdown(f"**{kept:,}** of {labels.count(samples, 'sample')} kept", width="content")
    for one in intervals:
        st.button(
            one.words(),
            key=f"interval_{one.text()}",
            icon=":material/close:",
            help="Take this interval away",
            on_click=on_axes.remove,
            args=(one,),
        )
    _fields(axes, intervals)
    if kept is not None and st.button(
        "Make them the subset", key="keep_intervals", type="primary", disabled=not kept
    ):
        subset_state.narrow(view.subset, on_axes.subset_of(intervals, view))
        on_axes.remove(*intervals)
        st.rerun()


def _fields(axes: Sequence[Axis], intervals: Sequence[Interval]) -> None:
    with st.popover("Limits in numbers", icon=":material/pin:", width="content"):
        titles = {axis.title: axis for axis in axes}
        axis = titles[st.selectbox("Axis", list(titles), key=_AXIS)]
        role = str(st.selectbox("Under the", on_axes.ROLES, key=_ROLE, format_func=str))
        here = on_axes.on_axis(axis, role)
        low, high = next(
            ((one.low, one.high) for one in intervals if one.place == here.place), (None, None)
        )
        with st.container(horizontal=True, gap="small"):
            for side, value in zip(_SIDES, (low, high), strict=True):
                key = f"limits_{side}"
                st.session_state[key] = value
                st.number_input(
                    f"{axis.title.capitalize()} at {side}",
                    value=None,
                    key=key,
                    placeholder="no limit",
                    format="%.5g",
                    on_change=_typed,
                    args=(here,),
                )


def _typed(here: Interval) -> None:
    low, high = (st.session_state[f"limits_{side}"] for side in _SIDES)
    on_axes.put(here, low, high)
