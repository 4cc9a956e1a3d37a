"""Reference, compared, and the list of pinned combinations."""

# ruff: noqa: PLC0415  Streamlit runs the page's own source

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.display.run_page import found, in_url, press, run_page
from tests.study_file import write_study


def _page(path: str) -> None:
    from pathlib import Path

    import streamlit as st

    from core.display.state import pins, url
    from core.store.combination import Combination
    from tests.open_study import open_study

    fog = Combination("lenet5-dense", "fog-3")
    clean = Combination("lenet5-random-0.5", "clean")
    url.read_choices()
    notices: list[str] = []
    found = pins.read_pins(open_study(Path(path)), notices)
    st.button("pin", on_click=pins.pin, args=(fog, clean))
    st.button("unpin", on_click=pins.unpin, args=(fog,))
    st.button("unpin all", on_click=pins.unpin_all)
    st.button("reference", on_click=pins.set_role, args=("reference", fog))
    st.button("compared", on_click=pins.set_role, args=("compared", clean))
    st.button("swap", on_click=pins.swap_roles)
    url.write_choices()
    st.session_state["found"] = [(one.model, one.condition) for one in found]
    st.session_state["notices"] = notices


FOG, CLEAN = ("lenet5-dense", "fog-3"), ("lenet5-random-0.5", "clean")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(write_study(tmp_path / "tiny.duckdb"))


def test_pins_are_listed_once_in_the_order_of_pinning(path: str) -> None:
    app = run_page(_page, {}, path=path)
    assert found(press(app, "pin")) == [FOG, CLEAN]
    assert found(press(app, "pin")) == [FOG, CLEAN]
    assert in_url(app) == {"keep": ["lenet5-dense@fog-3", "lenet5-random-0.5@clean"]}
    assert found(press(app, "unpin")) == [CLEAN]
    assert found(press(app, "unpin all")) == []
    assert in_url(app) == {}


def test_a_pin_that_the_study_lacks_is_left_out_and_said(path: str) -> None:
    pinned = ["lenet5-dense@fog-3", "vgg@clean", "lenet5-dense@rain-3", "odd"]
    app = run_page(_page, {"keep": pinned}, path=path)
    assert found(app) == [FOG]
    assert len(found(app, "notices")) == 3
    assert "“vgg@clean”" in found(app, "notices")[0]
    assert in_url(app) == {"keep": ["lenet5-dense@fog-3"]}


def test_roles_are_set_and_swapped_with_their_conditions(path: str) -> None:
    app = run_page(_page, {}, path=path)
    for label in ("reference", "compared", "swap"):
        press(app, label)
    assert in_url(app) == {
        "reference": ["lenet5-random-0.5"],
        "reference_condition": ["clean"],
        "compared": ["lenet5-dense"],
        "compared_condition": ["fog-3"],
    }
