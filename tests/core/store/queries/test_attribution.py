"""The occlusion maps of a sample under one combination."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.store.combination import Key
from core.store.connection import connect
from core.store.queries.attribution import attribution_maps
from tests.study_file import write_study

ROWS = """
    (2, 1, 7, 'margin', 4, 2, 4, [1.5, NULL, -0.25]),
    (2, 1, 7, 'angle', 4, 2, 4, [30.0, 0.0]),
    (2, 1, 8, 'angle', 4, 2, 4, [1.0]),
    (2, 0, 7, 'angle', 4, 2, 4, [2.0]),
    (1, 1, 7, 'angle', 4, 2, 4, [3.0])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = write_study(tmp_path / "tiny.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"INSERT INTO attribution VALUES {ROWS}")
    return path


def test_the_maps_of_one_sample_come_by_metric(path: Path) -> None:
    expected = pl.DataFrame(
        {
            "metric": ["angle", "margin"],
            "window_side": pl.Series([4, 4], dtype=pl.UInt16),
            "stride": pl.Series([2, 2], dtype=pl.UInt16),
            "width": pl.Series([4, 4], dtype=pl.UInt16),
            "cells": pl.Series([[30, 0], [1.5, None, -0.25]], dtype=pl.List(pl.Float32)),
        }
    )
    with connect(path) as connection:
        assert_frame_equal(attribution_maps(connection, Key(2, 1), 7), expected)


def test_a_sample_without_maps_has_no_row(path: Path) -> None:
    with connect(path) as connection:
        none = attribution_maps(connection, Key(0, 0), 7)
        assert none.is_empty()
        assert none.columns == ["metric", "window_side", "stride", "width", "cells"]
