"""The form "Enter range": ranges as numbers, for those who don't drag."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from core.display import labels
from core.display.state.brush_filters import Ranges, set_range
from core.display.terms import explanation
from core.store.subsets.ranges import Range

_SIDES = {"low": "at least", "high": "at most"}


def range_form(
    values: Mapping[str, str],
    ranges: Ranges,
    *,
    store: Callable[[str, Range], None] = set_range,
    choose_value: Callable[[], str] | None = None,
) -> None:
    """Two number fields for each value, behind a button.

    Args:
        values: name -> what the range is about, in words.
        ranges: those that are set, by name.
        store: called with a name and its new range, sides in rising order.
        choose_value: draws a choice of one value, whose fields alone are shown.
    """
    with st.popover("Enter range", icon=":material/pin:", width="content"):
        for name in values if choose_value is None else [choose_value()]:
            limits = ranges.get(name, Range())
            with st.container(horizontal=True, gap="small"):
                for side, words in _SIDES.items():
                    field = f"{name}_{side}"
                    st.session_state[field] = getattr(limits, side)
                    st.number_input(
                        labels.escaped(f"{values[name]} {words}"),
                        value=None,
                        key=field,
                        placeholder="no limit",
                        format="%.5g",
                        help=explanation(values[name]),
                        on_change=_typed,
                        args=(name, store),
                    )


def _typed(name: str, store: Callable[[str, Range], None]) -> None:
    low, high = (st.session_state[f"{name}_{side}"] for side in _SIDES)
    if low is not None and high is not None and low > high:
        low, high = high, low
    store(name, Range(low, high))
