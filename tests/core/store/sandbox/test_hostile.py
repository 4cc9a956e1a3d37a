"""Nobody can do harm with ad-hoc SQL, and the app goes on."""

from __future__ import annotations

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.store.sandbox.limits import MEGABYTE, Limits
from core.store.sandbox.process import Sandbox, SandboxError
from tests.core.store.sandbox.hostile_statements import HOSTILE
from tests.study_file import write_study

LIMITS = Limits(
    seconds=1, rows=100, result_bytes=4 * MEGABYTE, memory_bytes=300 * MEGABYTE, threads=1
)
APP_MAY_GROW = 64 * MEGABYTE
STATEMENTS = [(what, sql) for what, statements in HOSTILE.items() for sql in statements]
HONEST = "SELECT count(*) AS models FROM models"


@dataclass(frozen=True)
class Trial:
    """What came of all statements."""

    outcomes: dict[str, str]
    honest: list[list[tuple[int]]]
    folder: Path
    grew: int


def held() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def running_children() -> list[int]:
    """Child processes of this one that run ad-hoc SQL."""
    found = []
    for status in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((status / "stat").read_text().rpartition(")")[2].split()[1])
            command = (status / "cmdline").read_bytes()
            if parent == os.getpid() and b"core.store.sandbox.child" in command:
                found.append(int(status.name))
    return found


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Trial:
    """All statements, two at a time, an honest one after each that takes memory or time."""
    folder = tmp_path_factory.mktemp("secret-folder")
    path = str(write_study(folder / "study.duckdb"))
    sandbox = Sandbox(LIMITS)
    honest = [sandbox.run(path, HONEST).rows.rows()]
    before, most, stopped = held(), [held()], threading.Event()

    def watch() -> None:
        while not stopped.wait(0.01):
            most.append(max(most.pop(), held()))

    watcher = threading.Thread(target=watch)
    watcher.start()

    def attempt(what: str, sql: str) -> str:
        try:
            return f"succeeded: {sandbox.run(path, sql).rows}"
        except SandboxError as error:
            return str(error)
        finally:
            if what == "takes memory or time":
                honest.append(sandbox.run(path, HONEST).rows.rows())

    with ThreadPoolExecutor(2) as pool:
        outcomes = dict(
            zip(
                (sql for _, sql in STATEMENTS),
                pool.map(lambda one: attempt(*one), STATEMENTS),
                strict=True,
            )
        )
    stopped.set()
    watcher.join()
    honest.append(sandbox.run(path, HONEST).rows.rows())
    sandbox.close()
    print(f"{len(STATEMENTS)} statements; the app grew by {(most[0] - before) / 1e6:.1f} MB")
    return Trial(outcomes, honest, folder, most[0] - before)


def test_there_are_many():
    assert len({sql for _, sql in STATEMENTS}) == len(STATEMENTS) >= 200


@pytest.mark.parametrize(("what", "sql"), STATEMENTS, ids=lambda text: text[:60])
def test_none_succeeds_and_each_gets_one_clear_sentence(trial, what, sql):
    outcome = trial.outcomes[sql]
    assert not outcome.startswith("succeeded"), outcome
    assert 10 < len(outcome) < 450
    assert "\n" not in outcome
    assert "Traceback" not in outcome
    assert str(trial.folder) not in outcome
    assert "/root" not in outcome
    assert "site-packages" not in outcome


def test_the_app_takes_no_memory(trial):
    assert trial.grew < APP_MAY_GROW


def test_an_honest_query_answers_right_after_each_bomb(trial):
    assert trial.honest == [[(4,)]] * (len(HOSTILE["takes memory or time"]) + 2)


def test_the_study_is_as_it_was(trial):
    assert sorted(path.name for path in trial.folder.iterdir()) == ["study.duckdb"]
    assert not Path("/tmp/stolen.csv").exists()
    assert not Path("/tmp/stolen").exists()


def test_no_child_is_left(trial):
    assert not running_children()
