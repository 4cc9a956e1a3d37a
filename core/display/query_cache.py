"""The app's one cache: results of queries and what is made of them, bounded in bytes.

All sessions share it. Everything is keyed on the study's resolved file name: a newly published
version has another one, so that its numbers are read on the next interaction, in every browser tab.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import polars as pl
import streamlit as st
from cachetools import LRUCache

from core.store.catalog import StudyFile, list_studies, studies_folder, study_paths
from core.store.connection import connect
from core.store.sandbox.limits import limits_from
from core.store.sandbox.process import Sandbox
from core.store.study import Study

T = TypeVar("T")

MEGABYTES_BY_DEFAULT = 256
_OBJECT_BYTES = 200
_FRAME_BYTES, _COLUMN_BYTES = 2_000, 600
# The process grows by more than the results hold (benchmarks.sessions): memory comes in blocks.
_ALLOCATED = 1.25


class QueryCache:
    """Keeps results by key, the last used longest; an equal key is computed once at a time.

    Args:
        limit_bytes: of all results together; a larger result is returned, but not kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._results: LRUCache[Hashable, tuple[Any, int]] = LRUCache(
            limit_bytes, getsizeof=lambda entry: entry[1]
        )
        self._pending: dict[Hashable, Future[Any]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        """See `core.store.study.Cache`."""
        with self._lock:
            if key in self._results:
                return cast(T, self._results[key][0])
            pending = self._pending.get(key)
            if pending is None:
                mine: Future[T] = Future()
                self._pending[key] = mine
        if pending is not None:
            return cast(T, pending.result())
        try:
            result = make()
        except BaseException as error:
            with self._lock:
                del self._pending[key]
            mine.set_exception(error)
            raise
        size = int(_ALLOCATED * (size_in_bytes(key) + size_in_bytes(result)))
        with self._lock:
            del self._pending[key]
            if size <= self._results.maxsize:
                self._results[key] = result, size
        mine.set_result(result)
        return result

    @property
    def used_bytes(self) -> int:
        """The size of all results that are kept."""
        with self._lock:
            return int(self._results.currsize)


def size_in_bytes(value: Any) -> int:
    """About how much memory a result takes: frames, arrays, texts, and values that hold them."""
    if isinstance(value, pl.DataFrame):
        # kept along (see per_frame): the same with addresses of images, and what the browser gets
        return 3 * int(value.estimated_size()) + _FRAME_BYTES + value.width * _COLUMN_BYTES
    if isinstance(value, np.ndarray):
        return int(value.nbytes) + _OBJECT_BYTES
    if isinstance(value, dict):
        value = (*value, *value.values())
    elif is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, list | tuple | set | frozenset):
        return _OBJECT_BYTES + sum(map(size_in_bytes, value))
    return sys.getsizeof(value)


@st.cache_resource(show_spinner=False)
def query_cache() -> QueryCache:
    """The cache of this process; $PRUNESCOPE_CACHE_MB says how many megabytes it may hold."""
    megabytes = float(os.environ.get("PRUNESCOPE_CACHE_MB", MEGABYTES_BY_DEFAULT))
    return QueryCache(int(megabytes * 1_000_000))


@st.cache_resource(max_entries=4, show_spinner=False)
def open_study(resolved: str) -> Study:
    """The version of a study in this file; all sessions share it."""
    return Study(connect(Path(resolved)), resolved, query_cache())


@st.cache_resource(show_spinner=False, on_release=Sandbox.close)
def sandbox() -> Sandbox:
    """Runs the queries that users write, for all sessions, within the administrator's limits."""
    return Sandbox(limits_from())


def studies() -> list[StudyFile]:
    """All study files in the studies folder, newest first."""
    folder = studies_folder()
    state = tuple((path.name, *_version(path)) for path in study_paths(folder))
    return _studies(str(folder), state)


def _version(path: Path) -> tuple[str, int]:
    """The file behind a name and its last change; nothing where it vanished or can't be asked."""
    try:
        return os.path.realpath(path), path.stat().st_mtime_ns
    except OSError:
        return "", 0


@st.cache_resource(max_entries=4, show_spinner=False)
def _studies(folder: str, state: tuple[tuple[str, str, int], ...]) -> list[StudyFile]:
    del state  # part of the key: the listing is made anew when a file changes
    return list_studies(Path(folder))
