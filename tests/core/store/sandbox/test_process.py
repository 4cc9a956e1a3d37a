"""Queries in child processes: results, limits, turns."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.errors import StudyError
from core.store.sandbox import process
from core.store.sandbox.limits import MEGABYTE, Limits, limits_from
from core.store.sandbox.process import BusyError, Sandbox, SandboxError
from tests.study_file import write_study

LIMITS = Limits(seconds=20, rows=1_000, memory_bytes=300 * MEGABYTE, threads=1)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> str:
    return str(write_study(tmp_path_factory.mktemp("study") / "study.duckdb"))


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(LIMITS)
    yield made
    made.close()


def test_it_finds_what_the_engine_finds(sandbox, path):
    sql = """
        SELECT model, condition, count(*) AS samples, sum(correct::INTEGER) AS correct,
               avg(margin) AS margin, min(angle) AS angle
        FROM metrics GROUP BY ALL ORDER BY model DESC, condition"""
    answer = sandbox.run(path, sql)
    with duckdb.connect(path, read_only=True) as connection:
        expected = connection.sql(sql).pl()
    assert_frame_equal(answer.rows, expected.with_columns(pl.col("correct").cast(pl.Int64)))
    assert not answer.is_cut
    assert 0 < answer.seconds < LIMITS.seconds


def test_rows_keep_their_order_and_the_rest_is_cut(sandbox, path):
    answer = sandbox.run(path, "SELECT range AS i FROM range(50000) ORDER BY i DESC")
    assert answer.rows["i"].to_list() == list(range(49_999, 48_999, -1))
    assert answer.is_cut


@pytest.mark.parametrize(("rows", "cut"), [(999, False), (1_000, False), (1_001, True)])
def test_only_a_longer_result_is_cut(sandbox, path, rows, cut):
    answer = sandbox.run(path, f"SELECT * FROM range({rows})")
    assert (answer.rows.height, answer.is_cut) == (min(rows, 1_000), cut)


def test_an_endless_result_is_cut(sandbox, path):
    answer = sandbox.run(
        path, "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) FROM r"
    )
    assert (answer.rows.height, answer.is_cut) == (1_000, True)


def test_an_empty_result_keeps_its_columns(sandbox, path):
    answer = sandbox.run(path, "SELECT model, margin FROM metrics WHERE false")
    assert answer.rows.schema == {"model": pl.String, "margin": pl.Float32}
    assert answer.rows.is_empty()


def test_columns_of_one_name_are_numbered(sandbox, path):
    answer = sandbox.run(path, 'SELECT 1 AS a, 2 AS a, 3 AS "A", 4 AS a_2')
    assert answer.rows.rows(named=True) == [{"a": 1, "a_3": 2, "A_4": 3, "a_2": 4}]


def test_every_type_arrives(sandbox, path):
    sql = """
        SELECT 1::UTINYINT AS small, 7::HUGEINT AS huge, 2::HUGEINT ** 100 AS double,
               interval 1 day AS span, [interval 1 hour] AS spans, '101'::BIT AS bits,
               {'a': 1} AS struct, MAP {'k': 2} AS map, 1.5::DECIMAL(4, 1) AS decimal,
               NULL AS nothing, [1, NULL] AS list, [0.5, 1]::FLOAT[2] AS array,
               'x'::BLOB AS bytes, DATE '2026-01-02' AS day, 'b'::ENUM ('a', 'b') AS word,
               '00000000-0000-0000-0000-000000000007'::UUID AS uuid,
               union_value(k := 5) AS either
        ORDER BY 1"""
    (row,) = sandbox.run(path, sql).rows.rows(named=True)
    assert row | {"array": list(row["array"]), "decimal": float(row["decimal"])} == {
        "small": 1,
        "huge": 7,
        "double": 2.0**100,
        "span": "1 day",
        "spans": "['01:00:00']",
        "bits": "101",
        "struct": "{'a': 1}",
        "map": "{k=2}",
        "decimal": 1.5,
        "nothing": None,
        "list": [1, None],
        "array": [0.5, 1.0],
        "bytes": b"x",
        "day": date(2026, 1, 2),
        "word": "b",
        "uuid": "00000000-0000-0000-0000-000000000007",
        "either": "5",
    }


def test_whole_numbers_beyond_64_bits_become_floating_point(sandbox, path):
    rows = sandbox.run(path, "SELECT 170141183460469231731687303715884105::HUGEINT AS i").rows
    assert rows.rows() == [(1.7014118346046923e35,)]


def test_views_and_macros_of_the_study_answer(sandbox, path):
    answer = sandbox.run(path, "FROM relative_corruption_error('lenet5-dense') ORDER BY ALL")
    assert not answer.rows.is_empty()


def test_a_mistake_is_told_in_one_line_with_candidates(sandbox, path):
    with pytest.raises(
        SandboxError, match=r'^Binder Error: .*"nope".* Candidate bindings: '
    ) as told:
        sandbox.run(path, "SELECT nope FROM metrics")
    assert "\n" not in str(told.value)


def test_time_is_limited(path):
    sandbox = Sandbox(replace(LIMITS, seconds=0.5))
    began = time.monotonic()
    with pytest.raises(
        SandboxError, match=r"^The query was stopped after 0.5 seconds: ask for less"
    ):
        sandbox.run(path, "SELECT sum(a.range) FROM range(10000000) a, range(10000000) b")
    sandbox.close()
    assert time.monotonic() - began < process.START_SECONDS


def test_memory_is_limited(sandbox, path):
    with pytest.raises(SandboxError, match=r"it takes more than 300 MB of memory\.$"):
        sandbox.run(path, "SELECT length(repeat('x', 2000000000))")


def test_the_size_of_a_result_is_limited(path):
    sandbox = Sandbox(replace(LIMITS, result_bytes=2 * MEGABYTE))
    with pytest.raises(SandboxError, match="larger than 2 MB: ask for fewer rows or columns"):
        sandbox.run(path, "SELECT repeat('x', 100000) FROM range(100)")
    sandbox.close()


def test_a_long_statement_is_not_even_parsed(path):
    with pytest.raises(SandboxError, match="at most 20,000 characters, found 20,009"):
        Sandbox(LIMITS).run(path, "SELECT 1 " + 20_000 * " ")


def test_nothing_is_left_from_one_query_to_the_next(sandbox, path):
    ids = {sandbox.run(path, "SELECT txid_current(), current_query_id()").rows.row(0) for _ in "ab"}
    assert len(ids) == 1, "both were the first query of their process"


def test_the_child_knows_nothing_of_the_app(path, monkeypatch):
    monkeypatch.setenv("PRUNESCOPE_TOKEN", "not for everyone")
    sandbox = Sandbox(LIMITS)
    sandbox.warm(path)
    assert sandbox._spare is not None
    child = sandbox._spare[1]
    assert child.stdout is not None
    assert child.stdout.readline() == b"open\n"
    environment = Path(f"/proc/{child.pid}/environ").read_bytes()
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    sandbox.close()
    assert {one.split(b"=")[0] for one in environment.split(b"\0") if one} == {
        name.encode() for name in process._ENVIRONMENT
    }
    for name in ("Max open files", "Max file size", "Max core file size"):
        (line,) = (one for one in limits.splitlines() if one.startswith(name))
        assert line[len(name) :].split()[:2] == ["0", "0"], line


def test_another_study_gets_a_child_of_its_own(sandbox, path, tmp_path):
    other = str(write_study(tmp_path / "other.duckdb", title="Another"))
    found = [sandbox.run(one, "SELECT title FROM study").rows.item() for one in (path, other, path)]
    assert found == ["Four classes, four models", "Another", "Four classes, four models"]


def test_a_file_that_is_gone_is_said_without_its_path(sandbox, tmp_path):
    with pytest.raises(SandboxError, match=r"^The study can't be opened for queries") as told:
        sandbox.run(str(tmp_path / "gone.duckdb"), "SELECT 1")
    assert str(tmp_path) not in str(told.value)


def test_a_machine_that_starts_no_process_is_said(path, monkeypatch):
    def refuse(*args, **options):
        raise BlockingIOError

    sandbox = Sandbox(LIMITS)
    monkeypatch.setattr(process.subprocess, "Popen", refuse)
    sandbox.warm(path)
    with pytest.raises(SandboxError, match=r"^The study can't be opened for queries just now"):
        sandbox.run(path, "SELECT 1")
    monkeypatch.undo()
    assert sandbox.run(path, "SELECT 1 AS i").rows.item() == 1
    sandbox.close()


def test_an_answer_that_breaks_off_is_no_answer(path, monkeypatch):
    """The child is killed while it writes rows."""
    sandbox = Sandbox(LIMITS)
    whole = process.PipeReader.rest

    def broken(self, deadline, most):
        return whole(self, deadline, most)[:100]

    end = process.subprocess.Popen.wait
    monkeypatch.setattr(process.PipeReader, "rest", broken)
    monkeypatch.setattr(process.subprocess.Popen, "wait", lambda child: end(child) or 9)
    monkeypatch.setattr(process.subprocess.Popen, "returncode", -9, raising=False)
    with pytest.raises(SandboxError, match="it takes more than 300 MB of memory, or is nested"):
        sandbox.run(path, "SELECT * FROM range(1000)")
    monkeypatch.undo()
    sandbox.close()


def test_sessions_wait_for_their_turn(path):
    sandbox = Sandbox(replace(LIMITS, at_once=2, waiting=20))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: sandbox.run(path, f"SELECT {i} AS i"), range(8)))
    sandbox.close()
    assert [answer.rows.item() for answer in answers] == list(range(8))


def test_who_finds_the_queue_full_is_told_so(path, monkeypatch):
    sandbox = Sandbox(replace(LIMITS, at_once=1, waiting=1, seconds=2))
    long = "SELECT sum(a.range) FROM range(10000000) a, range(10000000) b"

    def run_long() -> None:
        with contextlib.suppress(SandboxError):
            sandbox.run(path, long)

    running = threading.Thread(target=run_long)
    running.start()
    while sandbox._turns.acquire(blocking=False):
        sandbox._turns.release()
    monkeypatch.setattr(process, "WAIT_SECONDS", 0.05)
    with pytest.raises(BusyError, match=r"^Other queries are running: run yours again in a moment"):
        sandbox.run(path, "SELECT 1")
    sandbox._waiting = 1
    with pytest.raises(BusyError):
        sandbox.run(path, "SELECT 1")
    sandbox._waiting = 0
    running.join()
    assert sandbox.run(path, "SELECT 1 AS i").rows.item() == 1
    sandbox.close()


def test_limits_come_from_the_environment():
    asked = {"PRUNESCOPE_SQL_SECONDS": "2.5", "PRUNESCOPE_SQL_ROWS": "50"}
    assert limits_from(asked) == replace(Limits(), seconds=2.5, rows=50)
    assert limits_from({"PRUNESCOPE_SQL_MEMORY_MB": "64"}).memory_bytes == 64_000_000
    assert limits_from({}) == Limits()


@pytest.mark.parametrize("text", ["0", "-1", "many", "nan", "inf", ""])
def test_limits_are_positive_numbers(text):
    with pytest.raises(StudyError, match="PRUNESCOPE_SQL_ROWS: expected a positive number"):
        limits_from({"PRUNESCOPE_SQL_ROWS": text})
