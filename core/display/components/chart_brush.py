"""Charts whose brush belongs to the page: a drag on one stays, a change from elsewhere redraws.

A chart keeps its own brush while only its rows change. When the ranges come from elsewhere (a
number field, a link, Back, a button), the chart is drawn anew with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from core.store.subsets.ranges import Range

_DRAWINGS = "brushed_drawings"


@dataclass
class BrushedChart:
    """One chart as it stands in the browser.

    Attributes:
        number: how often it was drawn; part of the key of its element.
        brushed: the ranges it was drawn with, by name.
        reported: the ranges that the last drag on it left, by name.
    """

    number: int = 0
    brushed: dict[str, Range] = field(default_factory=dict)
    reported: dict[str, Range] = field(default_factory=dict)


def brushed_chart(chart: str, ranges: Mapping[str, Range]) -> tuple[str, dict[str, Range]]:
    """The key of the chart's element, and the ranges to draw it with.

    Args:
        chart: name of the chart.
        ranges: those it should show now, by name.
    """
    drawing = _drawings().setdefault(chart, BrushedChart())
    if dict(ranges) != drawing.reported or _key(chart, drawing) not in st.session_state:
        drawing.number += 1
        drawing.brushed = drawing.reported = dict(ranges)
    return _key(chart, drawing), drawing.brushed


def report(chart: str, ranges: Mapping[str, Range]) -> None:
    """Say, in the chart's callback, which ranges a drag on it has left."""
    _drawings()[chart].reported = dict(ranges)


def _drawings() -> dict[str, BrushedChart]:
    drawings: dict[str, BrushedChart] = st.session_state.setdefault(_DRAWINGS, {})
    return drawings


def _key(chart: str, drawing: BrushedChart) -> str:
    return f"{chart}_{drawing.number}"
