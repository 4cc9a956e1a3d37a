"""Results that live as long as the frame they are made of."""

from __future__ import annotations

import gc

import polars as pl

from core.display.components.per_frame import PerFrame


def test_a_result_is_made_once_for_a_frame_and_state() -> None:
    kept: PerFrame[int] = PerFrame()
    frame, equal = pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [1, 2]})
    made: list[pl.DataFrame] = []

    def make(rows: pl.DataFrame) -> int:
        made.append(rows)
        return len(made)

    assert [kept(frame, make), kept(frame, make), kept(equal, make)] == [1, 1, 2]
    assert [kept(frame, make, state="new"), kept(frame, make, state="new")] == [3, 3]
    assert len(kept) == 2


def test_a_dropped_frame_takes_its_result_along() -> None:
    kept: PerFrame[int] = PerFrame()
    frame = pl.DataFrame({"a": [1, 2]})
    kept(frame, lambda rows: rows.height)
    del frame
    gc.collect()
    assert len(kept) == 0
