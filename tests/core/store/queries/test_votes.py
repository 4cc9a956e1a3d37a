from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal

from core.store.connection import Connection
from core.store.queries.votes import votes
from core.store.subsets.base import SampleFilter


def test_votes_are_the_predictions_of_the_rows(connection: Connection, rows: pl.DataFrame) -> None:
    found = votes(
        connection,
        model_ids=[2, 0],
        condition_ids=[2, 1],
        sample_filter=SampleFilter(3),
        with_angles=False,
    )
    expected = (
        rows.filter(
            pl.col("model_id").is_in([0, 2]), pl.col("condition_id").is_in([1, 2]),
            pl.col("label") == 3,
        )
        .sort("condition_id", "model_id", "sample_id")
        .select(
            "condition_id", "model_id", "sample_id", "label", "prediction",
            pl.col("confidence").cast(pl.Float64),
        )
    )  # fmt: skip
    assert_frame_equal(found, expected)
    with_angles = votes(connection, model_ids=[0], condition_ids=[0], with_angles=True)
    own = rows.filter(pl.col("model_id") == 0, pl.col("condition_id") == 0).sort("sample_id")
    assert with_angles["angles"].to_list() == own["angles"].to_list()
    assert with_angles["length"].to_list() == own["length"].cast(pl.Float64).to_list()
