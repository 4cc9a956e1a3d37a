"""Ranges that a brush sets, as texts in the URL and as parts of a filter."""

# ruff: noqa: PLC0415  Streamlit runs the page's own source

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.display.state.brush_filters import (
    CHANGES,
    POSITIONS,
    SHOWN,
    paired_parts,
    shown_parts,
)
from core.store.combination import Combination
from core.store.subsets.ranges import MetricChange, MetricUnder, Range, RangeFilter
from tests.core.display.run_page import found, in_url, press, run_page

ONE, OTHER = Combination("a", "clean"), Combination("b", "fog-3")


def _page() -> None:
    import streamlit as st

    from core.display.state import brush_filters, url
    from core.store.subsets.ranges import Range

    url.read_choices()
    notices: list[str] = []
    found = brush_filters.read(brush_filters.SHOWN, notices)
    st.button("set", on_click=brush_filters.set_range, args=("shown_angle", Range(1.2345678, None)))
    st.button("open", on_click=brush_filters.set_range, args=("shown_angle", Range()))
    st.button("clear", on_click=brush_filters.clear, args=(brush_filters.SHOWN,))
    url.write_choices()
    st.session_state["found"] = found
    st.session_state["notices"] = notices


def page(**query: str) -> AppTest:
    return run_page(_page, query)


def test_the_names_in_links_stay() -> None:
    assert SHOWN == {"shown_angle": "angle", "shown_length": "length", "shown_margin": "margin"}
    assert list(CHANGES) == [
        "change_angle", "change_length", "change_margin", "change_true_probability",
    ]  # fmt: skip
    assert list(POSITIONS) == ["place_angle", "place_length"]


def test_ranges_come_from_a_link_and_a_text_that_is_none_is_said() -> None:
    app = page(shown_angle="20~40.5", shown_length="~7", shown_margin="3~1")
    assert found(app) == {
        "shown_angle": Range(20, 40.5),
        "shown_length": Range(None, 7),
    }
    (notice,) = found(app, "notices")
    assert "shown margin, found “3~1”" in notice
    assert "shown_margin" not in in_url(app)


def test_a_range_is_rounded_in_the_url_and_an_open_one_is_taken_away() -> None:
    app = press(page(), "set")
    assert in_url(app)["shown_angle"] == ["1.2346~"]
    press(app, "open")
    assert "shown_angle" not in in_url(app)


def test_ranges_can_be_taken_away_together() -> None:
    app = press(page(shown_angle="20~40", shown_length="~7"), "clear")
    assert found(app) == {}


def test_ranges_become_parts_of_a_filter_in_a_fixed_order() -> None:
    few = Range(1, 2)
    assert shown_parts(ONE, {"shown_margin": few}) == (
        RangeFilter(MetricUnder(ONE, "margin"), few),
    )
    ranges = {"place_length": few, "change_length": few, "change_angle": Range(None, 3)}
    assert paired_parts(ONE, OTHER, ranges) == (
        RangeFilter(MetricChange(ONE, OTHER, "angle"), Range(None, 3)),
        RangeFilter(MetricChange(ONE, OTHER, "length"), few),
        RangeFilter(MetricUnder(ONE, "length"), few),
    )
