"""Which events of a chart open a sample, and which are drags."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from core.display.components.sample_clicks import clicked_sample, on_click_or

CLICK = {"clicked": [{"sample_id": 7}]}


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (CLICK, 7),
        ({"clicked": [{"sample_id": 0}]}, 0),
        ({"clicked": []}, None),
        ({"clicked": [{"sample_id": None}]}, None),
        ({"clicked": [{}]}, None),
        ({}, None),
    ],
)
def test_an_event_is_about_the_sample_that_it_names(event: dict[str, Any], found: int) -> None:
    assert clicked_sample(event) == found


@pytest.mark.parametrize(
    ("event", "opened"),
    [
        (CLICK, True),
        ({**CLICK, "brush": {}}, True),
        ({**CLICK, "brush": {"angle": [3.0, 3.0], "length": [1.0, 1.0]}}, True),
        ({**CLICK, "brush": {"angle": [3.0, 4.0], "length": [1.0, 1.0]}}, False),
        ({"brush": {"angle": [3.0, 4.0]}}, False),
        ({"brush": {}}, False),
    ],
)
def test_a_brush_with_an_extent_is_a_drag_whatever_was_clicked(
    event: dict[str, Any], opened: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, Any] = {"plot": {"selection": event}}
    monkeypatch.setattr(st, "session_state", state)
    drags: list[int] = []
    on_click_or("plot", lambda: drags.append(1), brush="brush")()
    assert (state.pop("sample_clicked", None), drags) == ((7, []) if opened else (None, [1]))
