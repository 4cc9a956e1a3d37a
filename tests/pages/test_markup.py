"""Nothing from a study or a link is taken as Markdown or HTML, on any page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.pages.every_view import VIEWS, Link, name
from tests.pages.hostile import HOSTILE, READABLE, markup, write_hostile_study
from tests.pages.opening import ROOT

# what opens when it is clicked
OPENED = (
    "provenance", "class_strip_open", "combinations", "class_table", "predictors_table",
    "potential_table", "sweep_table",
)  # fmt: skip


def opened(page: str, link: Link | dict[str, str | list[str]]) -> AppTest:
    app = AppTest.from_file(str(ROOT / page), default_timeout=60)
    for key, value in link.items():
        app.query_params[key] = value
    for key in OPENED:
        app.session_state[key] = True
    app.run()
    assert not app.exception
    assert not app.error
    return app


@pytest.fixture(scope="module")
def hostile_folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folders = []
    for keep in (frozenset[str](), READABLE):
        folders.append(tmp_path_factory.mktemp("hostile"))
        write_hostile_study(folders[-1] / "bad.duckdb", keep=keep)
    return folders


@pytest.mark.parametrize("readable", [False, True])
@pytest.mark.parametrize("view", VIEWS, ids=name)
def test_texts_of_a_study_are_shown_as_they_are(
    view: tuple[str, Link],
    readable: bool,
    hostile_folders: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PRUNESCOPE_STUDIES", str(hostile_folders[readable]))
    page, link = view
    clean = "clean" if readable else f"clean{HOSTILE}"
    pruned = f"lenet5-magnitude-0.5{HOSTILE}"
    chosen: dict[str, str | list[str]] = {
        "class": f"cat{HOSTILE}",
        "cell": f"cat{HOSTILE} → bird{HOSTILE}",
        "picked": pruned,
        # the last @ parts model and condition
        "keep": [f"{pruned}@{clean}"] if readable else [],
        "subset": json.dumps({"answered": [pruned, clean], "correct": True}),
        "interval": f"reference:angle:0:90:bird{HOSTILE}",
    }
    assert markup(opened(page, link)) == []
    st.cache_resource.clear()
    app = opened(page, {**link, **chosen})
    assert markup(app) == []
    assert not app.warning, "every choice is one that the study has"
