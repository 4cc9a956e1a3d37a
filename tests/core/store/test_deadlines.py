"""Limits of time and memory on queries."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import duckdb
import polars as pl
import pytest

from core.store.connection import query
from core.store.deadlines import Deadlines
from core.store.errors import StudyError
from core.store.queries.paired import query_pairs
from tests.open_study import open_study
from tests.study_file import write_study

ENDLESS = "SELECT count(*) AS n FROM range(1000000) a, range(1000000) b WHERE a.range < -b.range"


class Noting:
    """Notes when it was interrupted."""

    def __init__(self):
        self.times = []

    def interrupt(self):
        self.times.append(time.monotonic())


def test_only_blocks_that_take_too_long_are_interrupted():
    deadlines = Deadlines()
    quick, late, patient = Noting(), Noting(), Noting()
    began = time.monotonic()
    with deadlines.within(quick, 0.1):
        pass
    with deadlines.within(patient, 60), deadlines.within(late, 0.2):
        time.sleep(0.6)
    with deadlines.within(quick, 0.3):  # after a pause in which nothing ran
        time.sleep(0.05)
    time.sleep(0.5)
    assert quick.times == []
    assert patient.times == []
    assert late.times
    assert late.times[0] - began >= 0.2
    assert late.times[-1] - began < 0.8, "interrupted after its block had ended"


def test_one_thread_watches_all():
    deadlines = Deadlines()
    before = threading.active_count()

    def run(_):
        with deadlines.within(Noting(), 5):
            time.sleep(0.02)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(40)))
    assert threading.active_count() == before + 1


def test_a_query_that_takes_too_long_is_one_sentence_and_the_study_goes_on(tmp_path, monkeypatch):
    study = open_study(write_study(tmp_path / "study.duckdb"))
    monkeypatch.setenv("PRUNESCOPE_QUERY_SECONDS", "0.3")
    began = time.monotonic()
    with pytest.raises(StudyError, match=r"stopped after 0\.3 seconds") as error:
        study.ask(query, ENDLESS)
    assert time.monotonic() - began < 30
    assert "\n" not in str(error.value)
    assert study.ask(query, "SELECT count(*) AS n FROM models").item() > 0


def test_a_query_over_pairs_has_the_same_limit(monkeypatch):
    pairs = pl.DataFrame({"sample_id": range(100_000)})
    monkeypatch.setenv("PRUNESCOPE_QUERY_SECONDS", "0.3")
    with pytest.raises(StudyError, match=r"stopped after 0\.3 seconds"):
        query_pairs(
            pairs,
            "SELECT count(*) FROM pairs a, pairs b, pairs c "
            "WHERE hash(a.sample_id, b.sample_id, c.sample_id) = 1",
        )
    assert query_pairs(pairs, "SELECT count(*) AS n FROM pairs").item() == 100_000


@pytest.mark.parametrize("value", ["0", "-1", "many", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("PRUNESCOPE_QUERY_SECONDS", value)
    with duckdb.connect() as connection, pytest.raises(StudyError, match="a positive number"):
        query(connection, "SELECT 1")


def test_one_budget_of_memory_for_all_databases_of_the_process():
    script = (
        "from core.store.configuration import configuration\n"
        "from core.store.connection import query\n"
        "from core.store.errors import StudyError\n"
        "import duckdb\n"
        "c = duckdb.connect(':memory:', config={**configuration(), 'temp_directory': ''})\n"
        "print(query(c, \"SELECT current_setting('memory_limit') || ' ' || "
        "current_setting('threads') AS s\").item())\n"
        "try: query(c, 'SELECT list(range) FROM range(50000000)')\n"
        "except StudyError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PRUNESCOPE_MEMORY_MB": "500", "PRUNESCOPE_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    limits, sentence = done.stdout.splitlines()
    assert limits == "95.3 MiB 1"  # 100 MB: a fifth
    assert sentence.startswith("A question to the study needs more memory than 100MB: choose fewer")
    assert done.stderr == ""
