"""Many paths together, against means taken by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.display.local_geometry.change.flow_frames import FLOW_FROM, flow_rows, with_flow

RANGES = {"angle": (0.0, 140.0), "length": (0.0, 100.0)}
SIZE = (140, 100)


def points(count: int, outcome: str = "both right", *, selected: bool = True) -> pl.DataFrame:
    rng = np.random.default_rng(count)
    columns = {
        f"{role}_{metric}": rng.uniform(low, high, count)
        for role in ("reference", "compared")
        for metric, (low, high) in RANGES.items()
    }
    return pl.DataFrame({"outcome": [outcome] * count, "selected": [selected] * count, **columns})


def test_samples_that_start_in_one_cell_are_one_arrow_of_their_means() -> None:
    rows = pl.DataFrame(
        {
            "outcome": ["both right"] * 3,
            "reference_angle": [1.0, 9.0, 11.0],
            "reference_length": [1.0, 3.0, 1.0],
            "compared_angle": [21.0, 29.0, 11.0],
            "compared_length": [1.0, 3.0, 51.0],
        }
    )
    first, second = flow_rows(rows, RANGES, SIZE).to_dicts()
    assert (first["samples"], first["reference_angle"], first["compared_angle"]) == (2, 5.0, 25.0)
    assert first["heading"] == pytest.approx(90)
    assert (second["samples"], second["heading"]) == (1, pytest.approx(0))
    assert first["words"] == "5.0°, 2.0 → 25.0°, 2.0"


def test_every_sample_is_in_one_cell() -> None:
    rows = points(1_000)
    found = flow_rows(rows, RANGES, SIZE)
    assert found["samples"].sum() == 1_000
    mean = (found["samples"] * found["compared_length"]).sum() / 1_000
    assert mean == pytest.approx(rows["compared_length"].mean())


def test_few_paths_and_those_that_are_not_selected_stay_as_they_are() -> None:
    few, many = points(FLOW_FROM, "broken"), points(FLOW_FROM + 1)
    rest = points(FLOW_FROM + 1, selected=False)
    paths, flow = with_flow(pl.concat([few, many, rest]), RANGES, SIZE)
    assert paths.height == few.height + rest.height
    assert flow["outcome"].unique().to_list() == ["both right"]
    assert flow["samples"].sum() == many.height
