"""Charts whose brush belongs to the page: a drag on one stays, a change from elsewhere redraws.

A chart keeps its own brush while only its rows change. When the ranges come from elsewhere (a
number field, a link, Back, a button), the chart is drawn anew with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from core.display.state import brush_filters
from core.store.subsets.ranges import Range

T = TypeVar("T")
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
    brushed: dict[str, Any] = field(default_factory=dict)
    reported: dict[str, Any] = field(default_factory=dict)


def brushed_chart(chart: str, ranges: Mapping[str, T]) -> tuple[str, dict[str, T]]:
    """The key of the chart's element, and the ranges to draw it with.

    Args:
        chart: name of the chart.
        ranges: those it should show now, by name; or what else is selected on it.
    """
    drawing = _drawings().setdefault(chart, BrushedChart())
    if dict(ranges) != drawing.reported or _key(chart, drawing) not in st.session_state:
        drawing.number += 1
        drawing.brushed = drawing.reported = dict(ranges)
    return _key(chart, drawing), drawing.brushed


def report(chart: str, ranges: Mapping[str, object]) -> None:
    """Say, in the chart's callback, which ranges a drag on it has left."""
    _drawings()[chart].reported = dict(ranges)


def store_drag(chart: str, key: str, names: Mapping[str, str], selection: str) -> None:
    """Store what was dragged over a chart; a double click, which clears the brush, gives no range.

    Args:
        chart: name of the chart.
        key: of its element.
        names: field of the chart -> name of the range.
        selection: name of the chart's brush.
    """
    brush = st.session_state[key]["selection"].get(selection) or {}
    for field_name, name in names.items():
        sides = brush.get(field_name)
        brush_filters.set_range(name, Range(*sorted(sides)) if sides else Range())
    report(chart, brush_filters.read(names.values(), []))


def _drawings() -> dict[str, BrushedChart]:
    drawings: dict[str, BrushedChart] = st.session_state.setdefault(_DRAWINGS, {})
    return drawings


def _key(chart: str, drawing: BrushedChart) -> str:
    return f"{chart}_{drawing.number}"
