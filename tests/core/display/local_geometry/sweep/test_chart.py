"""What the rows of small plots would draw."""

from __future__ import annotations

import polars as pl

from core.display import theme
from core.display.local_geometry.sweep.chart import rows, sweep_rows

STEPS = pl.DataFrame(
    {
        "series": ["Random"] * 3,
        "panel": ["dense", "30 %", "70 %"],
        "step": [0, 1, 2],
        "angle": [30.0, 40.0, 60.0],
        "length": [9.0, 8.0, 2.0],
        "accuracy": ["99 %", "80 %", "10 %"],
    }
)
POINTS = pl.DataFrame(
    {
        "series": ["Random"],
        "panel": ["30 %"],
        "sample_id": [7],
        "outcome": ["incorrect"],
        "angle": [44.44],
        "length": [7.0],
    }
)


def test_the_path_of_the_mean_runs_from_the_dense_model_to_the_plots_own_ratio() -> None:
    paths = rows(POINTS, STEPS).filter(pl.col("kind") == "path").sort("panel", "step")
    assert paths.select("panel", "step", "angle", "length").rows() == [
        ("30 %", 0, 30, 9),
        ("30 %", 1, 40, 8),
        ("70 %", 0, 30, 9),
        ("70 %", 1, 40, 8),
        ("70 %", 2, 60, 2),
        ("dense", 0, 30, 9),
    ]


def test_each_plot_has_its_mean_with_the_accuracy_and_its_samples_in_words() -> None:
    found = rows(POINTS, STEPS)
    means = found.filter(pl.col("kind") == "mean").select("panel", "angle", "length", "words")
    assert means.rows() == STEPS.select("panel", "angle", "length", "accuracy").rows()
    (sample,) = found.filter(pl.col("outcome").is_not_null()).to_dicts()
    assert sample["panel"] == "30 %"
    assert sample["words"] == "7 (incorrect), angle 44.4°, length 7.0"


def test_all_plots_share_their_axes_and_leave_room_for_the_accuracy() -> None:
    chart = sweep_rows(
        {"angle": (20.0, 90.0), "length": (0.0, 10.0)},
        series=["Random"],
        panels=["dense", "30 %", "70 %"],
        colours={"Random": theme.METHOD_COLOURS["random"]},
    ).to_dict()
    assert chart["facet"]["column"]["sort"] == ["dense", "30 %", "70 %"]
    assert "resolve" not in chart
    for layer in chart["spec"]["layer"][:3]:
        assert layer["encoding"]["x"]["scale"]["domain"] == [20, 90]
        assert layer["encoding"]["y"]["scale"]["domain"][0] == 0
        assert layer["encoding"]["y"]["scale"]["domain"][1] > 10
        assert max(layer["encoding"]["y"]["axis"]["values"]) <= 10
