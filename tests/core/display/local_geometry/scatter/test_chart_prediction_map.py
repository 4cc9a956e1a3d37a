"""The map of angle and length, in the units of its axes."""

from __future__ import annotations

import polars as pl

from core.display.local_geometry.scatter.chart_prediction_map import cells_of, prediction_map

RANGES = {"angle": (20.0, 100.0), "length": (0.0, 10.0)}


def test_a_cell_lies_where_its_samples_are() -> None:
    cells = pl.DataFrame(
        {
            "angle_bin": [0, 3],
            "length_bin": [1, 0],
            "samples": [5, 6],
            "right": [1.0, 0.5],
            "confidence": [0.9, 0.6],
        }
    )
    assert cells_of(cells, RANGES, bins=4).select("x", "x2", "y", "y2", "samples").rows() == [
        (20.0, 40.0, 2.5, 5.0, 5),
        (80.0, 100.0, 0.0, 2.5, 6),
    ]


def test_shares_and_confidences_have_the_same_colours() -> None:
    for shown in ("right", "confidence"):
        colour = prediction_map(RANGES, shown=shown).to_dict()["encoding"]["color"]
        assert colour["field"] == shown
        assert colour["scale"]["domain"] == [0, 1]
