"""The stored images of samples."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from core.store.connection import connect
from core.store.queries.images import sample_images, with_corrupted_image
from tests.study_file import write_study


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = write_study(tmp_path / "tiny.duckdb")
    with duckdb.connect(str(path)) as connection:
        rows = "(2, 7, 'foggy 7'), (2, 3, 'foggy 3'), (1, 3, 'noisy 3')"
        connection.execute(f"INSERT INTO corrupted_images SELECT * FROM (VALUES {rows})")
    return path


def test_a_sample_has_its_clean_image_and_the_one_of_the_condition(path: Path) -> None:
    with connect(path) as connection:
        stored = "SELECT sample_id, thumbnail FROM samples WHERE sample_id IN (3, 4)"
        clean = dict(connection.execute(stored).fetchall())
        assert clean[3].startswith(b"\x89PNG")
        assert sample_images(connection, 2, 3).rows() == [(clean[3], b"foggy 3")]
        assert sample_images(connection, 1, 3).rows() == [(clean[3], b"noisy 3")]
        assert sample_images(connection, 2, 4).rows() == [(clean[4], None)]
        assert sample_images(connection, 0, 3).rows() == [(clean[3], None)]
        assert sample_images(connection, 2, 999).rows() == []


def test_the_samples_with_a_stored_image_come_by_condition(path: Path) -> None:
    with connect(path) as connection:
        found = [with_corrupted_image(connection, k).to_series().to_list() for k in range(3)]
    assert found == [[], [3], [3, 7]]
