"""Charts that stay while their rows change."""
# ruff: noqa: PLC0415  Streamlit runs the page's own source

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from tests.core.display.run_page import press, run_page


def _page() -> None:
    from functools import partial

    import altair as alt
    import polars as pl
    import streamlit as st

    from core.display.components.chart import draw

    def lines(colour: str) -> alt.LayerChart:
        st.session_state["built"] = st.session_state.get("built", 0) + 1
        limits = alt.Chart(alt.InlineData(values=[{"x": 1}, {"x": 2}])).mark_rule().encode(x="x:Q")
        points = alt.Chart(alt.NamedData("points")).mark_point(color=colour).encode(x="x:Q")
        return alt.LayerChart(layer=[limits, points])

    start = st.session_state.setdefault("start", 0)
    st.button("move", on_click=st.session_state.__setitem__, args=("start", start + 1))
    rows = pl.DataFrame({"x": [start, start + 1]})
    draw(partial(lines, "red"), {"points": rows}, key="chart", alt="Points on a line.")


def drawn(app: AppTest) -> tuple[str, dict[str, bytes]]:
    (chart,) = app.get("vega_lite_chart")
    return chart.proto.spec, {table.name: table.data.data for table in chart.proto.datasets}


def test_a_chart_is_built_once_and_takes_new_rows() -> None:
    app = run_page(_page, {})
    spec, rows = drawn(app)
    new_spec, new_rows = drawn(press(app, "move"))
    assert spec == new_spec
    assert rows["points"] != new_rows["points"]
    assert app.session_state["built"] == 1


def test_the_constants_of_a_chart_are_drawn_too() -> None:
    spec, rows = drawn(run_page(_page, {}))
    named = {layer["data"]["name"] for layer in json.loads(spec)["layer"]}
    assert named == set(rows)
    assert len(rows) == 2
