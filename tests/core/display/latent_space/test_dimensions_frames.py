"""Angles by dimension and by feature width."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.display.latent_space.dimensions.frames import DIMENSIONS, PAIRS, dimensions, width_words
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
    assert found.widths.is_empty()


def test_widths_are_of_dense_models_that_name_theirs(tmp_path: Path) -> None:
    found = dimensions(open_study(write_plane_study(tmp_path / "s.duckdb"))).widths
    assert found.select("network", "width", "model", "samples").rows() == [
        ("lenet5", 2, "flat", 30),
        ("lenet5", 4, "wide", 30),
    ]
    own = sample_geometry(features("flat", 30), WEIGHT, BIAS, np.arange(30) % 3).angle
    assert found["mean"][0] == pytest.approx(own.mean(), abs=1e-4)
    assert found["high"][0] == pytest.approx(own.mean() + own.std(ddof=1), abs=1e-4)
    assert found["words"][0] == f"{own.mean():.1f}° ± {own.std(ddof=1):.1f}°"
    assert width_words(found) == "2 dense models with 2 feature widths"
