"""The cache that all sessions share: bounded, one computation a key, no failure kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.display.query_cache import QueryCache, size_in_bytes

SESSIONS = 20


def test_a_result_is_made_once() -> None:
    cache = QueryCache(1_000_000)
    calls: list[str] = []

    def make() -> str:
        calls.append("made")
        return "result"

    assert [cache("key", make) for _ in range(3)] == ["result"] * 3
    assert calls == ["made"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 400)), max_size=60))
def test_all_results_together_never_exceed_the_bound(asked: list[tuple[int, int]]) -> None:
    cache = QueryCache(20_000)
    for number, rows in asked:
        key = (number, rows)
        assert cache(key, lambda rows=rows: np.zeros(rows)).size == rows
        assert cache.used_bytes <= 20_000


def test_the_result_used_longest_ago_goes_first() -> None:
    cache = QueryCache(size_in_bytes(np.zeros(100)) * 3)
    made: list[str] = []

    def ask(key: str) -> None:
        cache(key, lambda: made.append(key) or np.zeros(100))

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


def test_a_result_larger_than_the_bound_is_returned_and_not_kept() -> None:
    cache = QueryCache(1_000)
    assert cache("key", lambda: np.zeros(1_000)).size == 1_000
    assert cache.used_bytes == 0
    assert cache("key", lambda: np.ones(1))[0] == 1


def test_twenty_sessions_wait_for_one_computation_of_a_key() -> None:
    cache = QueryCache(1_000_000)
    together = threading.Barrier(SESSIONS)
    finish = threading.Event()
    made: list[int] = []

    def make() -> str:
        made.append(1)
        assert finish.wait(10)
        return "result"

    def session(_: int) -> str:
        together.wait(10)
        return cache("key", make)

    with ThreadPoolExecutor(SESSIONS) as pool:
        answers = [pool.submit(session, i) for i in range(SESSIONS)]
        threading.Timer(0.2, finish.set).start()
        assert [answer.result(20) for answer in answers] == ["result"] * SESSIONS
    assert made == [1]


def test_sessions_with_other_keys_do_not_wait() -> None:
    cache = QueryCache(1_000_000)
    started, finish = threading.Event(), threading.Event()

    def slow() -> str:
        started.set()
        assert finish.wait(10)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache, "slow", slow)
        assert started.wait(10)
        assert cache("quick", lambda: "quick") == "quick"
        finish.set()
        assert waiting.result(10) == "slow"


def test_a_failure_reaches_every_session_that_waits_and_is_not_kept() -> None:
    cache = QueryCache(1_000_000)
    started, finish = threading.Event(), threading.Event()

    def fail() -> str:
        started.set()
        assert finish.wait(10)
        raise ValueError("the disk is gone")

    with ThreadPoolExecutor(SESSIONS) as pool:
        sessions = [pool.submit(cache, "key", fail) for _ in range(SESSIONS)]
        assert started.wait(10)
        threading.Timer(0.2, finish.set).start()
        for session in sessions:
            with pytest.raises(ValueError, match="the disk is gone"):
                session.result(20)
    assert cache.used_bytes == 0
    assert cache("key", lambda: "back") == "back"


def test_a_computation_may_ask_for_others() -> None:
    cache = QueryCache(1_000_000)
    assert cache("outer", lambda: "outer of " + cache("inner", lambda: "inner")) == "outer of inner"
    assert cache("inner", lambda: "made again") == "inner"


@dataclass(frozen=True)
class Frames:
    rows: pl.DataFrame
    tables: dict[str, pl.DataFrame]


def test_sizes_count_what_values_hold() -> None:
    rows = pl.DataFrame({"x": np.zeros(10_000)})
    size = size_in_bytes(rows)
    assert size >= 80_000
    assert size_in_bytes((rows, rows)) >= 2 * size
    assert size_in_bytes(Frames(rows, {"more": rows})) >= 2 * size
    assert size_in_bytes(np.zeros(10_000)) >= 80_000
    assert size_in_bytes("x" * 10_000) >= 10_000
