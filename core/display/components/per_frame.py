"""What is made of a data frame, kept as long as the frame itself is kept.

Frames from the cache are the same objects in every run and session: what a run makes of one again
and again (its bytes for the browser, its images' addresses) is made once.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import polars as pl

T = TypeVar("T")


class PerFrame(Generic[T]):
    """Keeps one result for each frame; a frame that is dropped takes its result along."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[weakref.ref[pl.DataFrame], Hashable, T]] = {}

    def __call__(
        self, frame: pl.DataFrame, make: Callable[[pl.DataFrame], T], *, state: Hashable = None
    ) -> T:
        """What `make` returns for a frame, from before where it was the same frame and state.

        Args:
            frame: is not changed in place.
            make: takes the frame; its result doesn't hold it.
            state: what else the result depends on.
        """
        key = id(frame)
        kept = self._made.get(key)
        if kept is not None and kept[0]() is frame and kept[1] == state:
            return kept[2]
        result = make(frame)
        reference = weakref.ref(frame, lambda _: self._made.pop(key, None))
        self._made[key] = reference, state, result
        return result

    def __len__(self) -> int:
        return len(self._made)
