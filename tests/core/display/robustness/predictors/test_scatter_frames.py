from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from core.display.robustness.predictors.scatter_frames import (
    X_BINS,
    Y_BINS,
    robustness_scatters,
    scatter,
)
from core.store.subsets.base import EVERYTHING
from tests.open_study import open_study
from tests.study_file import write_study


def test_the_scatter_holds_every_image_once() -> None:
    rng = np.random.default_rng(0)
    samples = pl.DataFrame(
        {"x": rng.normal(size=900), "robustness": rng.integers(0, 102, 900) / 101}
    )
    found = scatter(samples)
    on_edges = pl.DataFrame({"x": [0.0] * 6, "robustness": [i / 95 for i in range(0, 96, 19)]})
    assert scatter(on_edges).cells["y"].to_list() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 0.95])
    assert found.samples == found.cells["samples"].sum() == 900
    counts, x_edges, _ = np.histogram2d(
        samples["x"], samples["robustness"], bins=[X_BINS, Y_BINS],
        range=[[samples["x"].min(), samples["x"].max()], [0, 1]],
    )  # fmt: skip
    column = np.searchsorted(x_edges, found.cells["x"].to_numpy() + 1e-9) - 1
    row = np.round(found.cells["y"].to_numpy() * Y_BINS).astype(int)
    placed = np.zeros_like(counts)
    placed[column, row] = found.cells["samples"]
    assert (placed == counts).all()
    mean = stats.binned_statistic(samples["x"], samples["robustness"], "mean", bins=X_BINS)
    enough = counts.sum(axis=1) >= 5
    assert found.means["robustness"].to_numpy() == pytest.approx(mean.statistic[enough])


@pytest.mark.parametrize("x", [[], [2.0], [2.0, 2.0]])
def test_a_scatter_of_nothing_or_of_one_value_is_drawn(x: list[float]) -> None:
    samples = pl.DataFrame(
        {"x": x, "robustness": [1.0] * len(x)},
        schema={"x": pl.Float64, "robustness": pl.Float64},
    )
    found = scatter(samples)
    assert found.cells["samples"].sum() == len(x)
    assert (found.cells["x_end"] > found.cells["x"]).all()
    assert found.means.is_empty()


def test_scatters_leave_out_what_is_undefined(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb", sample_count=200))
    found = robustness_scatters(study, 2, EVERYTHING)
    assert found["angle"].samples == 199  # sample 0 is a zero feature
    assert found["length"].samples == 200
