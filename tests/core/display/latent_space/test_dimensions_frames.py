"""Angles by dimension and by feature width."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.display.latent_space.dimensions.frames import (
    DIMENSIONS,
    PAIRS,
    by_width,
    dimensions,
    width_words,
)
from core.geometry import sample_geometry
from tests.open_study import open_study
from tests.plane_study import BIAS, WEIGHT, features, write_plane_study
from tests.study_file import write_study


def test_the_sample_agrees_with_the_exact_spread(tmp_path: Path) -> None:
    found = dimensions(open_study(write_study(tmp_path / "s.duckdb")))
    assert found.sampled["dimension"].to_list() == list(DIMENSIONS)
    exact = (found.spread["high"] - found.spread["low"]).to_numpy() / 2
    sampled = (found.sampled["high"] - found.sampled["low"]).to_numpy() / 2
    assert exact[0] == pytest.approx(180 / 12**0.5)  # uniform on 0..180
    np.testing.assert_allclose(sampled, exact, rtol=4 / np.sqrt(2 * PAIRS))
    assert (np.abs(found.sampled["mean"].to_numpy() - 90) < 4 * exact / np.sqrt(PAIRS)).all()
    areas = found.densities.group_by("order", maintain_order=True).agg(
        area=pl.col("density").sum() / 2
    )
    np.testing.assert_allclose(areas["area"], 1, atol=0.005)
    assert found.widths.is_empty() and found.chance.is_empty()


def test_widths_are_of_dense_models_that_name_theirs(tmp_path: Path) -> None:
    everything = dimensions(open_study(write_plane_study(tmp_path / "s.duckdb")))
    found = everything.widths
    assert found.select("network", "weights", "width", "place", "model", "samples").rows() == [
        ("lenet5", "trained", 2, 2.0, "flat", 30),
        ("lenet5", "trained", 4, 4.0, "wide", 30),
    ]
    assert everything.chance["width"].to_list() == [2, 4]
    assert everything.chance["high"][0] == pytest.approx(90 + 180 / 12**0.5)
    own = sample_geometry(features("flat", 30), WEIGHT, BIAS, np.arange(30) % 3).angle
    assert found["mean"][0] == pytest.approx(own.mean(), abs=1e-4)
    assert found["high"][0] == pytest.approx(own.mean() + own.std(ddof=1), abs=1e-4)
    assert found["words"][0] == f"{own.mean():.1f}° ± {own.std(ddof=1):.1f}°"
    flat, wide = found["mean"]
    assert width_words(found) == [
        f"2 trained models; means with 2 features: {flat:.1f}° to {flat:.1f}°, with 4 features: "
        f"{wide:.1f}° to {wide:.1f}°."
    ]


def test_models_of_one_width_stand_side_by_side_whether_trained_or_not() -> None:
    rows = pl.DataFrame(
        {
            "network": ["net"] * 4,
            "trained": [False, True, True, True],
            "width": [8, 8, 8, 32],
            "model": list("abcd"),
            "samples": [9, 9, 1, 9],
            "mean": [90.0, 50.0, 60.0, 55.0],
            "deviation": [7.0, 5.0, None, 3.0],
            "accuracy": [0.1, 1.0, 0.9, 1.0],
        }
    )
    found = by_width(rows)
    assert found["weights"].to_list() == ["untrained", "trained", "trained", "trained"]
    below, middle, above, alone = found["place"]
    assert below < middle == 8 < above
    assert middle / below == pytest.approx(above / middle) and alone == 32
    assert found["high"].to_list() == [97.0, 55.0, 60.0, 58.0]
    assert found["words"][2] == "60.0° ± 0.0°"
    assert width_words(found) == [
        "3 trained models; means with 8 features: 50.0° to 60.0°, "
        "with 32 features: 55.0° to 55.0°.",
        "1 untrained model; means with 8 features: 90.0° to 90.0°.",
    ]
