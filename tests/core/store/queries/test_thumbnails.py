"""The stored images of samples."""

from __future__ import annotations

from pathlib import Path

from core.store.connection import connect
from core.store.queries.thumbnails import thumbnails
from tests.study_file import write_study


def test_images_come_for_the_samples_that_are_asked_for(tmp_path: Path) -> None:
    with connect(write_study(tmp_path / "tiny.duckdb")) as connection:
        found = thumbnails(connection, [7, 3, 999])
    assert found["sample_id"].to_list() == [3, 7]
    assert all(png.startswith(b"\x89PNG") for png in found["thumbnail"])
