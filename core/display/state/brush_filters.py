"""Closed ranges that keep samples, as texts in the URL and as number fields on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

import streamlit as st

from core.display.components.chart_brush import Range
from core.display.state import url as url_state

_SEPARATOR = "~"


def read(names: Iterable[str], notices: list[str]) -> dict[str, Range]:
    """The ranges that are set, by name; a text that is none is dropped with a notice."""
    found: dict[str, Range] = {}
    for name in names:
        text = url_state.get_choice(name)
        if text is None:
            continue
        parsed = parse(text)
        if parsed is None:
            notices.append(
                f"Expected two numbers with “{_SEPARATOR}” between them for "
                f"{name.replace('_', ' ')}, found “{text}”; keeping all samples there."
            )
            url_state.set_choice(name)
        else:
            found[name] = parsed
    return found


def parse(text: str) -> Range | None:
    """A range from the URL, None where the text is none."""
    sides = text.split(_SEPARATOR)
    if len(sides) != 2:
        return None
    try:
        low, high = (float(side) if side else None for side in sides)
    except ValueError:
        return None
    if any(side is not None and not isfinite(side) for side in (low, high)):
        return None
    if low is None and high is None:
        return None
    return low, high


def set_range(name: str, low: float | None, high: float | None) -> None:
    """Keep the samples between low and high, rounded to what the URL carries."""
    if low is None and high is None:
        url_state.set_choice(name)
        return
    sides = ("" if side is None else f"{side:.5g}" for side in (low, high))
    url_state.set_choice(name, _SEPARATOR.join(sides))


def clear(names: Iterable[str]) -> None:
    """Keep all samples."""
    for name in names:
        url_state.set_choice(name)


def closed(sides: Range, ends: tuple[float, float]) -> tuple[float, float]:
    """A range whose open sides reach to the ends."""
    low, high = (end if side is None else side for side, end in zip(sides, ends, strict=True))
    return low, high


def fields(words: Mapping[str, str], kept: Mapping[str, Range]) -> None:
    """The ranges as numbers, for those who don't drag.

    Args:
        words: what each range is about, by name.
        kept: the ranges that are set, by name.
    """
    with st.popover("Limits in numbers", icon=":material/pin:", width="content"):
        for name, about in words.items():
            low, high = kept.get(name, (None, None))
            with st.container(horizontal=True, gap="small"):
                for side, value in (("least", low), ("most", high)):
                    field = f"{name}_{side}"
                    st.session_state[field] = value
                    st.number_input(
                        f"{about} at {side}",
                        value=None,
                        key=field,
                        placeholder="no limit",
                        format="%.5g",
                        on_change=_typed,
                        args=(name,),
                    )


def _typed(name: str) -> None:
    low, high = (st.session_state[f"{name}_{side}"] for side in ("least", "most"))
    set_range(name, low, high)
