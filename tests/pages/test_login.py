"""A hosted app that asks for a login shows nothing before it."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from tests.pages.opening import PAGES, open_page
from tests.study_file import write_study


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_shown_before_the_login(
    page: str, studies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(studies / "tiny.duckdb")
    monkeypatch.setenv("PRUNESCOPE_LOGIN", "1")
    app = open_page(page)
    assert [button.label for button in app.button] == ["Log in"]
    assert not app.selectbox
    assert not app.main.dataframe
    assert not app.sidebar.children


def test_who_has_logged_in_sees_the_study(studies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_study(studies / "tiny.duckdb")
    monkeypatch.setenv("PRUNESCOPE_LOGIN", "1")
    monkeypatch.setattr(st, "user", {"is_logged_in": True})
    assert open_page("Home.py").selectbox(key="choose_study").value == "tiny"


@pytest.mark.parametrize("asked", ["", "0"])
def test_no_login_is_asked_for_unless_the_administrator_does(
    asked: str, studies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(studies / "tiny.duckdb")
    monkeypatch.setenv("PRUNESCOPE_LOGIN", asked)
    assert open_page("Home.py").selectbox(key="choose_study").value == "tiny"
