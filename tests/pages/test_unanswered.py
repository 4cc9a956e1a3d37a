"""A question without an answer is one sentence on the page, and the rest goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.store import connection
from tests.pages.every_view import VIEWS, Link, name
from tests.pages.opening import ROOT, open_page, unanswered, warnings
from tests.study_file import MODELS as FOUR
from tests.study_file import TWINS, write_study

STOPPED = "A question to the study was stopped after"


class FromOneOn:
    """In place of the deadlines: all questions from one on take too long."""

    def __init__(self, first: float) -> None:
        self.first = first
        self.asked = 0

    @contextmanager
    def within(self, cursor: object, seconds: float) -> Iterator[None]:
        del cursor
        if seconds > connection.ANSWER_SECONDS:  # not one of those that list a folder
            self.asked += 1
            if self.asked > self.first:
                raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")
        yield


def opened(page: str, link: Link) -> AppTest:
    app = AppTest.from_file(str(ROOT / page), default_timeout=60)
    for key, value in link.items():
        app.query_params[key] = value
    return app.run()


@pytest.mark.parametrize("view", VIEWS, ids=name)
def test_whichever_question_is_stopped_a_view_says_so(
    view: tuple[str, Link], studies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, link = view
    write_study(studies / "tiny.duckdb", models=FOUR + TWINS)
    counting = FromOneOn(float("inf"))
    monkeypatch.setattr(connection, "DEADLINES", counting)
    open_page(page, **link)
    last = counting.asked - 1
    for first in sorted({0, last // 2}):
        st.cache_resource.clear()
        monkeypatch.setattr(connection, "DEADLINES", FromOneOn(first))
        app = opened(page, link)
        assert not app.exception, f"question {first} of {last}"
        assert unanswered(app), f"question {first} of {last}"
        assert all(text.startswith(STOPPED) for text in unanswered(app))
        assert [title.value for title in app.title], "the frame of the page stays"
        assert app.selectbox(key="choose_study").value == "tiny"


def test_a_part_that_could_not_be_shown_is_shown_when_it_is_asked_again(
    studies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(studies / "tiny.duckdb")
    app = open_page("pages/3_Global_Geometry.py")
    questions = FromOneOn(0)
    monkeypatch.setattr(connection, "DEADLINES", questions)
    app.selectbox(key="choose_class").select("car").run()
    assert not app.exception
    assert unanswered(app)[0].startswith(STOPPED)
    questions.first = float("inf")
    app.run()
    assert not app.exception
    assert not unanswered(app)


def test_a_file_that_is_damaged_behind_its_beginning_is_one_sentence(studies: Path) -> None:
    """The rows are read when a page asks for them, long after the file was opened."""
    whole = write_study(studies / "whole.duckdb").read_bytes()
    (studies / "whole.duckdb").unlink()
    said = 0
    for start in random.Random(0).sample(range(3 * 4096, len(whole)), 10):
        damaged = bytearray(whole)
        damaged[start] ^= 8
        for before in studies.glob("*.duckdb"):
            before.unlink()
        # a name of its own: DuckDB keeps what it has read of a file that is still open
        (studies / f"odd{start}.duckdb").write_bytes(damaged)
        st.cache_resource.clear()
        app = opened("pages/2_Local_Geometry.py", {"look": "changed"})
        assert not app.exception, f"a bit flipped at {start}"
        sentences = unanswered(app) + warnings(app)
        assert not any(str(studies) in text for text in sentences)
        said += bool(sentences)
    assert said > 4


def test_a_study_that_vanishes_while_it_is_open_is_still_shown(studies: Path) -> None:
    """The app holds the file open; the next run lists the folder anew."""
    path = write_study(studies / "tiny.duckdb")
    app = open_page("pages/2_Local_Geometry.py")
    path.unlink()
    app.run()
    assert not app.exception
    assert "make demo" in app.info[0].value


def test_a_decorated_part_and_a_fragment_say_what_they_could_not_show() -> None:
    def script() -> None:
        import streamlit as st  # noqa: PLC0415 - AppTest runs this text alone

        from core.display.components.part import fragment, part  # noqa: PLC0415
        from core.errors import UserError  # noqa: PLC0415

        @fragment
        def first() -> None:
            st.button("again")
            raise UserError("*one*\n\n# two")

        @part()
        def second() -> None:
            raise UserError("three")

        first()
        second()
        st.markdown("the rest")

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert unanswered(app) == ["*one* # two", "three"]
    assert app.markdown[0].value == "the rest"
    app.button[0].click().run()
    assert unanswered(app) == ["*one* # two", "three"]
