"""Images by address: what this needs of Streamlit's media storage, and how much it holds."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from core.display.components import sample_images
from core.display.components.sample_images import ServedImages
from core.store.connection import connect
from core.store.queries.thumbnails import thumbnails
from core.store.study import Study
from tests.study_file import write_study


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> MemoryMediaFileStorage:
    found = MemoryMediaFileStorage("/media")
    monkeypatch.setattr(sample_images, "_storage", lambda: found)
    return found


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(connect(write_study(tmp_path / "tiny.duckdb")), "tiny")


def content(storage: MemoryMediaFileStorage, address: str) -> bytes:
    return storage.get_file(address.rpartition("/")[2]).content


def test_the_storage_of_this_streamlit_keeps_bytes_under_an_address() -> None:
    storage = MemoryMediaFileStorage("/media")
    file_id = storage.load_and_get_id(b"png", "image/png", MediaFileKind.MEDIA)
    assert content(storage, storage.get_url(file_id)) == b"png"
    storage.delete_file(file_id)
    with pytest.raises(Exception, match=file_id):
        storage.get_url(file_id)


def test_the_running_app_has_such_a_storage() -> None:
    from streamlit.runtime.media_file_manager import MediaFileManager  # noqa: PLC0415

    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    assert isinstance(manager._storage, MemoryMediaFileStorage)


def test_each_sample_has_the_address_of_its_own_image(
    storage: MemoryMediaFileStorage, study: Study
) -> None:
    served = ServedImages(1_000_000)
    stored = dict(study.ask(thumbnails, [0, 1, 2]).iter_rows())
    addresses = served.addresses(study, [2, 0, 1, 0])
    assert [content(storage, str(one)) for one in addresses] == [stored[i] for i in (2, 0, 1, 0)]
    assert served.addresses(study, [0]) == addresses[1:2]


def test_a_sample_that_is_not_there_has_none(storage: MemoryMediaFileStorage, study: Study) -> None:
    assert ServedImages(1_000_000).addresses(study, [10**6]) == [None]


def test_images_used_longest_ago_are_dropped_and_the_storage_lets_them_go(
    storage: MemoryMediaFileStorage, study: Study
) -> None:
    sizes = {i: len(png) for i, png in study.ask(thumbnails, list(range(40))).iter_rows()}
    room = sizes[0] + sizes[1] + 2 * 300 + 50
    served = ServedImages(room)
    first, second = served.addresses(study, [0, 1])
    served.addresses(study, [0])  # used again
    before = served.generation
    (third,) = served.addresses(study, [2])
    assert served.generation > before
    kept = {str(first), str(third)} - {str(second)}
    assert all(content(storage, address) for address in kept)
    if second not in {first, third}:
        with pytest.raises(Exception, match="Bad filename"):
            content(storage, str(second))


def test_a_frame_gets_a_column_of_addresses_made_once(
    storage: MemoryMediaFileStorage, study: Study
) -> None:
    points = pl.DataFrame({"sample_id": [1, 0]})
    found = sample_images.with_addresses(points, study)
    stored = dict(study.ask(thumbnails, [0, 1]).iter_rows())
    assert [content(storage, one) for one in found["image"]] == [stored[1], stored[0]]
    assert sample_images.with_addresses(points, study) is found
