"""One tiny study for all tests of a module, its rows, and a study without any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from core.store.connection import Connection, connect, query
from tests.study_file import write_study


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with connect(write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="module")
def rows(connection: Connection) -> pl.DataFrame:
    return query(connection, "SELECT * FROM sample_metrics")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Connection]:
    with connect(write_study(tmp_path / "empty.duckdb", sample_count=0, models=())) as opened:
        yield opened
