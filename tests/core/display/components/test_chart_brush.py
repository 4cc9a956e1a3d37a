"""A brush that belongs to the page: what a drag left stays, what comes from elsewhere redraws."""
# ruff: noqa: PLC0415  Streamlit runs the page's own source

from __future__ import annotations

from tests.core.display.run_page import found, press, run_page


def _page() -> None:
    import streamlit as st

    from core.display.components.chart_brush import brushed_chart, report

    def drag() -> None:
        st.session_state["ranges"] = {"angle": 2}
        report("chart", {"angle": 2})

    ranges = st.session_state.setdefault("ranges", {})
    key, brushed = brushed_chart("chart", ranges)
    st.button("drag", key=key, on_click=drag)
    st.button("type", on_click=st.session_state.__setitem__, args=("ranges", {"angle": 3}))
    st.button("clear", on_click=st.session_state.__setitem__, args=("ranges", {}))
    st.session_state["found"] = (key, brushed)


def test_a_drag_keeps_the_chart_as_it_was_drawn() -> None:
    app = run_page(_page, {})
    assert found(app) == ("chart_1", {})
    assert found(press(app, "drag")) == ("chart_1", {})


def test_a_range_from_elsewhere_draws_the_chart_anew() -> None:
    app = press(run_page(_page, {}), "drag")
    assert found(press(app, "type")) == ("chart_2", {"angle": 3})
    assert found(press(app, "clear")) == ("chart_3", {})


def test_a_cleared_brush_can_be_dragged_to_the_same_place_again() -> None:
    app = press(press(run_page(_page, {}), "drag"), "clear")
    assert found(app) == ("chart_2", {})
    assert found(press(app, "drag")) == ("chart_2", {})
