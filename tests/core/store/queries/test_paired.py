"""Samples that one combination gets right and the other wrong, counted by polars."""

from __future__ import annotations

import polars as pl

from core.store.combination import Key
from core.store.connection import Connection
from core.store.queries.paired import PairedSamples, broken_samples


def test_broken_samples_are_right_before_and_wrong_after(
    connection: Connection, rows: pl.DataFrame
) -> None:
    found = broken_samples(connection, PairedSamples(Key(0, 0), Key(2, 2)), limit=5)
    before = rows.filter((pl.col("model_id") == 0) & (pl.col("condition_id") == 0))
    after = rows.filter((pl.col("model_id") == 2) & (pl.col("condition_id") == 2))
    broken = (
        after.filter(~pl.col("correct"))
        .join(before.filter("correct").select("sample_id"), on="sample_id")
        .sort("confidence", "sample_id", descending=[True, False])
    )
    assert found["sample_id"].to_list() == broken["sample_id"].to_list()[:5]
    assert set(found["total"]) == {broken.height}
