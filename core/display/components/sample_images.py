"""The images of samples that a chart's tooltip shows, by address.

For thousands of points: the images stay on the server, and the browser asks for the one that it
shows. Streamlit has no public way to serve bytes under an address that outlives one run of one
session, so this module is the one that puts files into its media storage
(`tests/core/display/components/test_sample_images.py` fails where another version of Streamlit
stores them in another way).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

import polars as pl
from cachetools import LRUCache
from streamlit import runtime
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorage

from core.display.components.per_frame import PerFrame
from core.display.query_cache import shared
from core.store.queries.thumbnails import thumbnails
from core.store.study import Study

LIMIT_BYTES = 64_000_000
_ENTRY_BYTES = 300
_Key = tuple[str, int]


def with_addresses(points: pl.DataFrame, study: Study) -> pl.DataFrame:
    """The points with `image`: where the browser finds it when it needs it, or NULL.

    An address is relative to the page, so that it is right wherever the app is served.

    Args:
        points: with sample_id.
        study: the open study.
    """
    served = shared("served images", lambda: ServedImages(LIMIT_BYTES))

    def addressed(points: pl.DataFrame) -> pl.DataFrame:
        addresses = served.addresses(study, points["sample_id"].to_list())
        return points.with_columns(image=pl.Series(addresses, dtype=pl.String))

    return served.tables(points, addressed, state=served.generation)


class ServedImages:
    """The images that the server holds for all sessions, those used last.

    Args:
        limit_bytes: of all images together; the ones used longest ago go first.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._lock = threading.Lock()
        self.generation = 0
        """Rises when an address is dropped."""
        self.tables: PerFrame[pl.DataFrame] = PerFrame()
        self._uses: Counter[str] = Counter()
        self._addresses: LRUCache[_Key, tuple[str | None, int]] = _Dropping(
            limit_bytes, self._dropped
        )

    def addresses(self, study: Study, sample_ids: Sequence[int]) -> list[str | None]:
        """The address of each sample's image, None for one without."""
        with self._lock:
            keys = {sample_id: (study.version, sample_id) for sample_id in sample_ids}
            missing = [one for one, key in keys.items() if key not in self._addresses]
            found: dict[int, str | None] = {
                one: self._addresses[key][0] for one, key in keys.items() if key in self._addresses
            }
        if missing:
            for sample_id, png in study.ask(thumbnails, missing).iter_rows():
                found[sample_id] = self._serve((study.version, sample_id), png)
        return [found.get(sample_id) for sample_id in sample_ids]

    def _serve(self, key: _Key, png: bytes | None) -> str | None:
        with self._lock:
            if key in self._addresses:  # another session was faster
                return self._addresses[key][0]
            if png is None:
                self._addresses[key] = (None, _ENTRY_BYTES)
                return None
            storage = _storage()
            file_id = storage.load_and_get_id(png, "image/png", MediaFileKind.MEDIA)
            self._uses[file_id] += 1
            address = storage.get_url(file_id).removeprefix("/")
            self._addresses[key] = (address, len(png) + _ENTRY_BYTES)
            return address

    def _dropped(self, address: str | None) -> None:
        self.generation += 1
        if address is None:
            return
        file_id = address.rpartition("/")[2].partition(".")[0]
        self._uses[file_id] -= 1
        if not self._uses[file_id]:
            del self._uses[file_id]
            _storage().delete_file(file_id)


class _Dropping(LRUCache[_Key, tuple[str | None, int]]):
    """Says what it drops."""

    def __init__(self, limit_bytes: int, dropped: object) -> None:
        super().__init__(limit_bytes, getsizeof=lambda entry: entry[1])
        self._tell = dropped

    def popitem(self) -> tuple[_Key, tuple[str | None, int]]:
        key, entry = super().popitem()
        self._tell(entry[0])  # type: ignore[operator]
        return key, entry


def _storage() -> MediaFileStorage:
    return runtime.get_instance().media_file_mgr._storage
