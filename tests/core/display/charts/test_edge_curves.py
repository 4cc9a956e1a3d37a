"""Density curves beyond a plot's axes, in the units of the axes."""

from __future__ import annotations

import polars as pl
import pytest

from core.display.charts.edge_curves import beyond, captions, density_curves, edge_curves

RANGES = {"angle": (20.0, 90.0), "length": (0.0, 15.0), "margin": (-4.0, 9.0)}


@pytest.fixture
def curves() -> pl.DataFrame:
    densities = pl.DataFrame(
        {
            "class": ["cat"] * 5,
            "metric": ["angle", "angle", "length", "margin", "margin"],
            "outcome": ["correct"] * 5,
            "selected": [True] * 5,
            "value": [40.0, 50.0, 9.0, -4.0, 9.0],
            "density": [0.1, 0.2, 0.2, 0.3, 0.15],
        }
    )
    return edge_curves(densities, RANGES)


def test_curves_of_angle_and_margin_stand_above_the_samples_on_their_own_scales(
    curves: pl.DataFrame,
) -> None:
    foot, _ = beyond(RANGES["length"])
    start, width = beyond(RANGES["angle"])
    above = curves.filter(pl.col("metric") == "angle")
    assert above["x"].to_list() == [40, 50]
    assert foot > 15
    heights = (above["y"] - foot).to_list()
    assert heights[0] == pytest.approx(0.5 * heights[1])
    left, right = curves.filter(pl.col("metric") == "margin")["x"]
    assert 90 < left == pytest.approx(start)
    assert left < right == pytest.approx(start + width)


def test_the_curve_of_length_lies_to_the_right_at_the_lengths_themselves(
    curves: pl.DataFrame,
) -> None:
    (row,) = curves.filter(pl.col("metric") == "length").to_dicts()
    assert row["y"] == 9
    assert row["x"] > beyond(RANGES["angle"])[0] > 90


def test_the_dashed_line_in_the_corner_is_margin_zero(curves: pl.DataFrame) -> None:
    (x,) = captions(RANGES, below=0.1).filter(pl.col("y2").is_not_null())["x"]
    low, high = curves.filter(pl.col("metric") == "margin")["x"]
    assert (x - low) / (high - low) == pytest.approx(4 / 13)
    without = captions({**RANGES, "margin": (1.0, 9.0)}, below=0.1)
    assert without["y2"].null_count() == without.height


def test_a_group_has_a_curve_of_the_selected_and_of_all_where_there_are_enough() -> None:
    histogram = pl.DataFrame(
        {
            "metric": ["angle"] * 4,
            "role": ["compared", "compared", "reference", "reference"],
            "bin": [3, 3, 5, 6],
            "samples": [2, 3, 1, 1],
            "selected": [1, 2, 0, 1],
        }
    )

    def curves(**kwargs: object) -> dict[tuple[str, bool], int]:
        found = density_curves(histogram, RANGES, ["role"], bins=16, **kwargs)  # type: ignore[arg-type]
        assert found.columns == ["metric", "value", "density", "samples", "role", "selected"]
        rows = found.select("role", "selected", "samples").unique().rows()
        return {(role, selected): samples for role, selected, samples in rows}

    selected = {("compared", True): 3, ("reference", True): 1}
    everything = {("compared", False): 5, ("reference", False): 2}
    assert curves(narrowed=False) == selected
    assert curves(narrowed=True) == selected | everything
    assert curves(narrowed=True, least=3) == {("compared", True): 3, ("compared", False): 5}
