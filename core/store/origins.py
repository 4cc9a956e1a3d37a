"""Which question each data frame answers, so that an exported one can say how it was made."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from core.store.study import Study

_LONGEST = 160


@dataclass(frozen=True)
class Origin:
    """What was asked.

    Attributes:
        name: module and name of the function that answered.
        values: its arguments.
        again: asks a study the same.
    """

    name: str
    values: tuple[Any, ...]
    again: Callable[[Study], Any]

    @property
    def words(self) -> str:
        """Function and values in a line, long values cut."""
        texts = [text if len(text := repr(one)) <= _LONGEST else f"{text[:_LONGEST]}…"
                 for one in self.values]  # fmt: skip
        return f"{self.name}({', '.join(texts)})"


class Origins:
    """The origin of each frame, as long as the frame is kept; the first that is noted stays."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[pl.DataFrame], Origin]] = {}

    def note(self, result: Any, origin: Origin) -> None:
        """Say where all frames in a result are from: itself, or in its parts."""
        for frame in _frames(result):
            if self.find(frame) is None:
                key = id(frame)
                kept = weakref.ref(frame, partial(self._known.pop, key))
                self._known[key] = kept, origin

    def find(self, frame: pl.DataFrame) -> Origin | None:
        """The origin of this very frame; None where it was made elsewhere."""
        kept = self._known.get(id(frame))
        return kept[1] if kept is not None and kept[0]() is frame else None


def _frames(value: Any) -> Iterator[pl.DataFrame]:
    if isinstance(value, pl.DataFrame):
        yield value
        return
    if isinstance(value, dict):
        parts: Any = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    elif is_dataclass(value):
        parts = [getattr(value, field.name) for field in fields(value)]
    else:
        return
    for part in parts:
        yield from _frames(part)
