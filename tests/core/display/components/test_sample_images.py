"""Images by address: what this needs of Streamlit's media storage, and which image it is."""

from __future__ import annotations

import gc
from pathlib import Path

import duckdb
import polars as pl
import pytest
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from core.corruptions import GENERATOR_VERSION
from core.display.components import sample_images
from core.display.components.sample_images import with_addresses
from core.store.connection import connect
from core.store.errors import StudyError
from core.store.queries import images
from core.store.study import Study
from tests.study_file import write_study


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> MemoryMediaFileStorage:
    found = MemoryMediaFileStorage("/media")
    monkeypatch.setattr(sample_images, "_storage", lambda: found)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_study(tmp_path / "tiny.duckdb")


@pytest.fixture
def study(path: Path) -> Study:
    return Study(connect(path), str(path))


def content(storage: MemoryMediaFileStorage, address: str) -> bytes:
    return storage.get_file(address.rpartition("/")[2]).content


def test_the_storage_of_this_streamlit_keeps_bytes_under_an_address() -> None:
    storage = MemoryMediaFileStorage("/media")
    file_id = storage.load_and_get_id(b"png", "image/png", MediaFileKind.MEDIA)
    assert storage.get_url(file_id) == f"/media/{file_id}.png"
    assert content(storage, storage.get_url(file_id)) == b"png"
    with pytest.raises(MediaFileStorageError, match="Bad filename"):
        storage.get_file("other.png")


def test_the_running_app_has_such_a_storage() -> None:
    from streamlit.runtime.media_file_manager import MediaFileManager  # noqa: PLC0415

    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    assert isinstance(manager._storage, MemoryMediaFileStorage)


def clean_image(study: Study, sample_id: int) -> bytes:
    """As it is stored."""
    return bytes(study.ask(images.sample_images, 0, sample_id)["clean"][0])


def test_each_sample_has_the_address_of_its_own_image_and_no_bytes_are_held(
    storage: MemoryMediaFileStorage, study: Study
) -> None:
    points = pl.DataFrame({"sample_id": [2, 0, 1, 0]})
    found = with_addresses(points, study)
    stored = {one: clean_image(study, one) for one in [0, 1, 2]}
    assert [content(storage, one) for one in found["image"]] == [stored[i] for i in (2, 0, 1, 0)]
    assert found["picture"].to_list() == ["clean"] * 4
    assert with_addresses(points, study) is found
    assert storage.get_stats() == {}


def test_other_files_of_the_storage_are_found_as_before(
    storage: MemoryMediaFileStorage, study: Study
) -> None:
    file_id = storage.load_and_get_id(b"csv", "text/csv", MediaFileKind.DOWNLOADABLE, "a.csv")
    for _ in range(2):
        with_addresses(pl.DataFrame({"sample_id": [1]}), study)
    assert content(storage, storage.get_url(file_id)) == b"csv"
    with pytest.raises(MediaFileStorageError, match="Bad filename"):
        storage.get_file("other.png")


@pytest.mark.parametrize(
    ("old", "new"), [("-0-1.png", "-0-1000000.png"), ("-0-1.png", "-77-1.png"), ("e-", "e-0")]
)
def test_an_address_of_no_sample_is_not_found(
    storage: MemoryMediaFileStorage, study: Study, old: str, new: str
) -> None:
    (address,) = with_addresses(pl.DataFrame({"sample_id": [1]}), study)["image"]
    with pytest.raises(MediaFileStorageError, match="Bad filename"):
        content(storage, address.replace(old, new))


def test_a_study_that_nobody_looks_at_any_more_is_let_go(
    storage: MemoryMediaFileStorage, path: Path
) -> None:
    study = Study(connect(path), "another")
    (address,) = with_addresses(pl.DataFrame({"sample_id": [1]}), study)["image"]
    del study
    gc.collect()
    with pytest.raises(MediaFileStorageError, match="Bad filename"):
        content(storage, address)


def test_a_study_without_images_has_no_addresses(
    storage: MemoryMediaFileStorage, path: Path
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE study SET image_size = NULL")
        connection.execute("UPDATE samples SET thumbnail = NULL")
    found = with_addresses(pl.DataFrame({"sample_id": [1]}), Study(connect(path), "none"))
    assert found.rows() == [(1, None, None)]


def test_a_stored_corrupted_image_is_shown_and_the_clean_one_says_so(
    storage: MemoryMediaFileStorage, path: Path
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO corrupted_images VALUES (2, 1, 'foggy'::BLOB)")
    study = Study(connect(path), str(path))
    stored = {one: clean_image(study, one) for one in [0, 1]}
    found = with_addresses(pl.DataFrame({"sample_id": [0, 1]}), study, "fog-3")
    assert found["picture"].to_list() == ["clean original", "as corrupted"]
    assert [content(storage, one) for one in found["image"]] == [stored[0], b"foggy"]


def test_points_under_several_conditions_have_the_image_of_their_own(
    storage: MemoryMediaFileStorage, path: Path
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO corrupted_images VALUES (2, 1, 'foggy'::BLOB)")
    study = Study(connect(path), str(path))
    stored = {one: clean_image(study, one) for one in [0, 1]}
    points = pl.DataFrame({"sample_id": [1, 1, 0], "condition_id": [0, 2, 2]})
    found = with_addresses(points, study)
    assert found["picture"].to_list() == ["clean", "as corrupted", "clean original"]
    assert [content(storage, one) for one in found["image"]] == [stored[1], b"foggy", stored[0]]


def test_an_image_that_can_not_be_read_is_none_of_the_storage(
    storage: MemoryMediaFileStorage, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped query, a damaged file, bytes that are no picture: no error of the server."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE samples SET thumbnail = 'no picture'::BLOB")
        connection.execute("UPDATE study SET image_size = 32")
        connection.execute(
            "UPDATE conditions SET generator_version = $version, generator_seed = 1 "
            "WHERE severity > 0",
            {"version": GENERATOR_VERSION},
        )
    study = Study(connect(path), str(path))
    ids = pl.DataFrame({"sample_id": [3]})
    corrupted = with_addresses(ids, study, "fog-3")["image"][0]
    with pytest.raises(MediaFileStorageError, match="Bad filename"):
        content(storage, corrupted)

    def stopped(*_: object) -> None:
        raise StudyError("stopped")

    clean = with_addresses(ids, study)["image"][0]
    assert content(storage, clean) == b"no picture"
    monkeypatch.setattr(sample_images.shown_images, "image_png", stopped)
    with pytest.raises(MediaFileStorageError, match="Bad filename"):
        content(storage, clean)
