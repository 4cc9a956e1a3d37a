"""The images of samples that a chart's tooltip shows, by address.

For thousands of points: an image is read or made only when the browser asks for the one that it
shows. Streamlit has no public way to serve such bytes, so this module is the one that answers in
place of its media storage for addresses of its own
(`tests/core/display/components/test_sample_images.py` fails where another version of Streamlit
looks its files up in another way).
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from contextlib import suppress
from weakref import WeakSet, WeakValueDictionary

import numpy as np
import polars as pl
from streamlit import runtime
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryFile, MemoryMediaFileStorage

from core.corruptions import corrupt
from core.display.components import shown_images
from core.display.components.per_frame import PerFrame
from core.errors import UserError
from core.store.study import Study

_NAME = re.compile(r"sample-([0-9a-f]{16})-([0-9]{1,5})-([0-9]{1,10})\.png")
_CLEAN = 0  # conditions have dense ids, clean first
_studies: WeakValueDictionary[str, Study] = WeakValueDictionary()
_answering: WeakSet[MemoryMediaFileStorage] = WeakSet()
_loaded: set[str] = set()
_lock = threading.Lock()
_tables: PerFrame[pl.DataFrame] = PerFrame()


def with_addresses(
    points: pl.DataFrame, study: Study, condition: str | None = None
) -> pl.DataFrame:
    """The points with `image`, where the browser finds it when it needs it, and `picture`.

    An address is relative to the page, so that it is right wherever the app is served; NULL in a
    study without images. `picture` says what the image is: `clean`, `as corrupted`, or `clean
    original` where the corrupted one isn't known.

    Args:
        points: with sample_id, and condition_id where they are under several conditions.
        study: the open study.
        condition: the name of the condition that all points are under; clean by default.
    """
    answer_for(_storage(), study)
    given = _CLEAN if condition is None else study.names.conditions[condition]

    def addressed(points: pl.DataFrame) -> pl.DataFrame:
        several = "condition_id" in points.columns
        under = points["condition_id"].unique().to_list() if several else [given]
        for one in under:
            _load_ahead(study, one)
        own = pl.col("condition_id") if several else pl.lit(given)
        address = pl.format(f"media/sample-{_token(study)}-{{}}-{{}}.png", own, "sample_id")
        picture = pl.lit(None, dtype=pl.String)
        for one in under:
            picture = pl.when(own == one).then(shown_images.kinds(study, one)).otherwise(picture)
        there = pl.lit(shown_images.has_images(study))
        return points.with_columns(
            image=pl.when(there).then(address), picture=pl.when(there).then(picture)
        )

    return _tables(points, addressed, state=(study.version, given))


def with_contents(table: pl.DataFrame, study: Study) -> pl.DataFrame:
    """The same rows with each image itself (a data URI) in place of its address, if they have one.

    Args:
        table: a few rows, as `with_addresses` gives them.
        study: the open study.
    """
    if "image" not in table.columns:
        return table
    contents = [None if one is None else _content(one, study) for one in table["image"]]
    return table.with_columns(image=pl.Series(contents, dtype=pl.String))


def _content(address: str, study: Study) -> str | None:
    found = _NAME.fullmatch(address.removeprefix("media/"))
    png = shown_images.image_png(study, int(found[2]), int(found[3])) if found else None
    return None if png is None else f"data:image/png;base64,{base64.b64encode(png).decode()}"


def answer_for(storage: MemoryMediaFileStorage, study: Study) -> None:
    """Make a storage find the images of a study's samples, which it doesn't hold."""
    _studies[_token(study)] = study
    with _lock:
        if storage in _answering:
            return
        _answering.add(storage)
        held = storage.get_file

        def get_file(filename: str) -> MemoryFile:
            return _image(filename) or held(filename)

        storage.get_file = get_file  # type: ignore[method-assign]


def _image(filename: str) -> MemoryFile | None:
    found = _NAME.fullmatch(filename)
    study = _studies.get(found[1]) if found else None
    if found is None or study is None:
        return None
    try:
        png = shown_images.image_png(study, int(found[2]), int(found[3]))
    except (UserError, OSError):  # a file that is damaged, an image that is none
        return None
    return None if png is None else MemoryFile(png, "image/png", MediaFileKind.MEDIA, None)


def _load_ahead(study: Study, condition_id: int) -> None:
    """Import what a corruption needs (SciPy: half a second) while the chart is on its way."""
    if not shown_images.is_made_here(study, condition_id):
        return
    corruption = str(study.conditions.filter(condition_id=condition_id)["corruption"][0])
    with _lock:
        if corruption in _loaded:
            return
        _loaded.add(corruption)

    def load() -> None:
        with suppress(ImportError):  # said when an image is asked for
            corrupt(np.zeros((1, 32, 32, 3), dtype=np.uint8), corruption, 1)

    threading.Thread(target=load, daemon=True).start()


def _token(study: Study) -> str:
    return hashlib.sha256(study.version.encode()).hexdigest()[:16]


def _storage() -> MemoryMediaFileStorage:
    return runtime.get_instance().media_file_mgr._storage  # type: ignore[return-value]
