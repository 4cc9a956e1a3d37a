"""Choices in the session and the URL."""

# ruff: noqa: PLC0415  Streamlit runs the page's own source

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.core.display.run_page import found, in_url, press, run, run_page


def _page() -> None:
    import streamlit as st

    from core.display.state import url

    notices: list[str] = []
    url.read_choices()
    colour = url.settle(
        "colour", ["red", "green"], default="red", notices=notices, thing="colour of paint"
    )
    look = url.settle("look", ["points", "map"], default="points", notices=[], implicit=True)
    st.button("green", on_click=url.set_choice, args=("colour", "green"))
    st.button("long", on_click=url.set_choice, args=("text", "x" * (url.LONGEST_IN_URL + 1)))
    st.button("many", on_click=url.set_choice, args=("many", "a", "b"))
    st.button("none", on_click=url.set_choice, args=("many",))
    url.write_choices()
    st.session_state["found"] = {
        "colour": colour,
        "look": look,
        "notices": notices,
        "many": url.get_choices("many"),
        "text": len(url.get_choice("text") or ""),
        "link": url.with_choices({"look": "map"}),
    }


def page(**query: str | list[str]) -> AppTest:
    return run_page(_page, query)


def test_a_default_is_written_unless_it_is_the_same_in_every_study() -> None:
    app = page()
    assert (found(app)["colour"], found(app)["look"]) == ("red", "points")
    assert in_url(app) == {"colour": ["red"]}


def test_a_link_wins_over_the_default() -> None:
    app = page(colour="green", look="map")
    assert (found(app)["colour"], found(app)["look"]) == ("green", "map")
    assert in_url(app) == {"colour": ["green"], "look": ["map"]}


def test_an_unknown_value_falls_back_and_is_said() -> None:
    app = page(colour="blue")
    assert found(app)["colour"] == "red"
    assert found(app)["notices"] == ["This study has no colour of paint “blue”; showing “red”."]
    assert in_url(app) == {"colour": ["red"]}


def test_a_choice_reaches_the_url_and_back_takes_it_away() -> None:
    app = press(page(), "green")
    assert in_url(app)["colour"] == ["green"]
    press(app, "many")
    assert in_url(app)["many"] == ["a", "b"]
    del app.query_params["many"]
    run(app)
    assert found(app)["many"] == []
    assert found(app)["colour"] == "green"


def test_no_value_removes_a_choice() -> None:
    app = press(page(many=["a", "b"]), "none")
    assert found(app)["many"] == []
    assert "many" not in in_url(app)


def test_a_value_too_long_for_a_link_stays_in_the_session() -> None:
    app = press(page(), "long")
    assert found(app)["text"] == 1201
    assert "text" not in in_url(app)


def test_parameters_that_no_page_knows_yet_are_carried_along() -> None:
    app = page(interval="angle")
    assert in_url(app)["interval"] == ["angle"]
    assert found(app)["link"] == {"interval": ["angle"], "colour": ["red"], "look": ["map"]}
