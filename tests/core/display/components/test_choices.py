"""Widgets whose value lives in the session and the URL."""

# ruff: noqa: PLC0415  Streamlit runs the page's own source

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.core.display.run_page import found, in_url, run, run_page


def _page() -> None:
    import streamlit as st

    from core.display.components.choices import choose, segments, several, toggle
    from core.display.state import url

    url.read_choices()
    look = choose("Look", {"points": "Points", "map": "Map"}, key="look", width=220)
    metric = segments(
        "Metric", {"angle": "Angle", "length": "Length"}, key="metric", default="length"
    )
    classes = several("Classes", ["cat", "dog", "owl"], key="classes", default=["cat"])
    stacked = toggle("Stacked", key="stack_switch", parameter="stacked")
    url.write_choices()
    st.session_state["found"] = [look, metric, classes, stacked]


def page(**query: str | list[str]) -> AppTest:
    return run_page(_page, query)


def test_defaults_stay_out_of_the_url() -> None:
    app = page()
    assert found(app) == ["points", "length", ["cat"], False]
    assert in_url(app) == {}


def test_a_link_sets_every_widget() -> None:
    app = page(look="map", metric="angle", classes=["owl", "dog"], stacked="yes")
    assert found(app) == ["map", "angle", ["owl", "dog"], True]


def test_a_widget_sets_the_url() -> None:
    app = page()
    app.selectbox(key="choose_look").select("map")
    run(app)
    app.button_group(key="choose_metric").set_value("angle")
    run(app)
    app.multiselect(key="choose_classes").set_value(["dog"])
    run(app)
    app.toggle(key="stack_switch").set_value(True)
    run(app)
    assert found(app) == ["map", "angle", ["dog"], True]
    assert in_url(app) == {
        "look": ["map"],
        "metric": ["angle"],
        "classes": ["dog"],
        "stacked": ["yes"],
    }


@pytest.mark.parametrize("query", [{"look": "nonsense"}, {"metric": "nonsense"}])
def test_an_unknown_value_falls_back_to_the_default(query: dict[str, str]) -> None:
    app = page(**query)
    assert found(app) == ["points", "length", ["cat"], False]
    assert in_url(app) == {}


def test_unknown_options_are_left_out_of_several() -> None:
    app = page(classes=["dog", "whale"])
    assert found(app)[2] == ["dog"]
    assert in_url(app) == {"classes": ["dog"]}


def test_a_switch_that_is_turned_off_leaves_the_url() -> None:
    app = page(stacked="yes")
    app.toggle(key="stack_switch").set_value(False)
    assert in_url(run(app)) == {}


def test_options_are_shown_in_words() -> None:
    app = page()
    assert app.selectbox(key="choose_look").options == ["Points", "Map"]
