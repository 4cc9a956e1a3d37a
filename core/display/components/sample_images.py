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
from core.store.queries.thumbnails import thumbnails
from core.store.study import Study

_LIMIT_BYTES = 64_000_000
_ENTRY_BYTES = 300


class ServedImages:
    """The images that the server holds for all sessions, those used last.

    Args:
        limit_bytes: of all images together; the ones used longest ago go first.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.generation = 0
        """Rises when an address is dropped."""
        self._lock = threading.Lock()
        self._uses: Counter[str] = Counter()  # equal images share an address
        # version of the study and sample_id -> address and size
        self._entries: LRUCache[tuple[str, int], tuple[str | None, int]] = LRUCache(
            limit_bytes, getsizeof=lambda entry: entry[1]
        )

    def addresses(self, study: Study, sample_ids: Sequence[int]) -> list[str | None]:
        """The address of each sample's image, None for one without."""
        keys = {one: (study.version, one) for one in sample_ids}
        with self._lock:
            found = {one: self._entries[k][0] for one, k in keys.items() if k in self._entries}
        missing = [one for one in keys if one not in found]
        if missing:
            for sample_id, png in study.ask(thumbnails, missing).iter_rows():
                with self._lock:
                    found[sample_id] = self._serve(keys[sample_id], png)
        return [found.get(one) for one in sample_ids]

    def _serve(self, key: tuple[str, int], png: bytes | None) -> str | None:
        if key in self._entries:  # another session was faster
            return self._entries[key][0]
        size = _ENTRY_BYTES + len(png or b"")
        while self._entries and self._entries.currsize + size > self._entries.maxsize:
            _, (unused, _) = self._entries.popitem()
            self._drop(unused)
        address = None
        if png is not None:
            storage = _storage()
            file_id = storage.load_and_get_id(png, "image/png", MediaFileKind.MEDIA)
            address = storage.get_url(file_id).removeprefix("/")
            self._uses[address] += 1
        self._entries[key] = address, size
        return address

    def _drop(self, address: str | None) -> None:
        self.generation += 1
        if address is None:
            return
        self._uses[address] -= 1
        if not self._uses[address]:
            del self._uses[address]
            _storage().delete_file(address.rpartition("/")[2].partition(".")[0])


_served = ServedImages(_LIMIT_BYTES)
_tables: PerFrame[pl.DataFrame] = PerFrame()


def with_addresses(points: pl.DataFrame, study: Study) -> pl.DataFrame:
    """The points with `image`: where the browser finds it when it needs it, or NULL.

    An address is relative to the page, so that it is right wherever the app is served.

    Args:
        points: with sample_id.
        study: the open study.
    """

    def addressed(points: pl.DataFrame) -> pl.DataFrame:
        addresses = _served.addresses(study, points["sample_id"].to_list())
        return points.with_columns(image=pl.Series(addresses, dtype=pl.String))

    return _tables(points, addressed, state=_served.generation)


def _storage() -> MediaFileStorage:
    return runtime.get_instance().media_file_mgr._storage
