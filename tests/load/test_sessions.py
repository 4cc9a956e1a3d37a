"""Twenty people in the app at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.pages import serving
from benchmarks.sessions import PAUSES, Choices, ask
from tests.study_file import write_study

SESSIONS = 20
SECONDS = 30
AT_LEAST = 3


def test_no_session_sees_an_exception(tmp_path):
    """How soon the answers come says nothing on a shared machine: see benchmarks/sessions.py."""
    study = write_study(tmp_path / "tiny.duckdb")
    with serving(study) as (url, _):
        asking = ask(
            url,
            Choices.of(study),
            sessions=SESSIONS,
            seconds=SECONDS,
            pause=PAUSES["without-pause"],
            at_least=AT_LEAST,
        )
        # a browser test before this one may have left a loop running in this thread
        with ThreadPoolExecutor(1) as thread:
            answers = thread.submit(asyncio.run, asking).result()
    assert answers.exceptions == {}
    assert {answers.sessions[number] >= AT_LEAST for number in range(SESSIONS)} == {True}
