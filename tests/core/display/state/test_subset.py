"""The page-wide filter in the session and the URL."""

# ruff: noqa: PLC0415  Streamlit runs the page's own source

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.display.state.subset import without
from core.store.subsets.combinators import ALL_SAMPLES, AllOf
from core.store.subsets.predicates import OfClass, SampleIds
from tests.core.display.run_page import found, in_url, press, run_page

BIRDS = '{"class":"bird"}'


def _page() -> None:
    import streamlit as st

    from core.display.state import subset, url
    from core.store.subsets import json_format
    from core.store.subsets.base import Names
    from core.store.subsets.combinators import ALL_SAMPLES
    from core.store.subsets.predicates import OfClass, SampleIds

    url.read_choices()
    notices: list[str] = []
    found, where = subset.current(Names({}, {}, {"bird": 2}), notices)
    st.button("narrow", on_click=subset.narrow, args=(found, OfClass("bird"), SampleIds((1,))))
    st.button("all", on_click=subset.choose, args=(ALL_SAMPLES,))
    st.button("long", on_click=subset.choose, args=(SampleIds(tuple(range(400))),))
    st.button("name", on_click=subset.named().__setitem__, args=("mine", found))
    url.write_choices()
    st.session_state["found"] = {
        "text": json_format.dumps(found),
        "where": where,
        "notices": notices,
        "fits": subset.fits_in_url(),
        "named": dict(subset.named()),
    }


def page(text: str | None = None) -> AppTest:
    return run_page(_page, {} if text is None else {"subset": text})


def test_nothing_chosen_means_all_samples() -> None:
    app = page()
    assert (found(app)["text"], found(app)["where"]) == ('{"all":[]}', None)


def test_a_link_carries_the_filter() -> None:
    app = page(BIRDS)
    assert found(app)["text"] == BIRDS
    assert in_url(app) == {"subset": [BIRDS]}


@pytest.mark.parametrize("text", ["nonsense", '{"class":"horse"}'])
def test_what_cannot_be_had_falls_back_to_all_samples_and_is_said(text: str) -> None:
    app = page(text)
    assert found(app)["where"] is None
    (notice,) = found(app)["notices"]
    assert notice.startswith("Showing all samples: ")
    assert in_url(app) == {}


def test_further_parts_narrow_the_filter_and_all_samples_end_it() -> None:
    app = press(page('{"samples":[1,2]}'), "narrow")
    assert found(app)["text"] == '{"all":[{"samples":[1,2]},{"class":"bird"},{"samples":[1]}]}'
    press(app, "all")
    assert found(app)["where"] is None
    assert in_url(app) == {}


def test_a_filter_too_long_for_a_link_stays_in_the_session() -> None:
    app = press(page(), "long")
    assert not found(app)["fits"]
    assert found(app)["where"] is not None
    assert in_url(app) == {}


def test_named_filters_last_as_long_as_the_session() -> None:
    app = press(page(BIRDS), "name")
    assert found(app)["named"] == {"mine": OfClass("bird")}


def test_a_part_can_be_taken_out() -> None:
    both = AllOf((OfClass("bird"), SampleIds((1,))))
    assert without(both, 0) == SampleIds((1,))
    assert without(both, 1) == OfClass("bird")
    assert without(OfClass("bird"), 0) == ALL_SAMPLES
