"""Frames of angle and length, against counts over the study's own rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.display.charts.edge_curves import beyond, density_curves
from core.display.local_geometry.scatter.frames import (
    BINS,
    EVERY_CLASS,
    LEAST_FOR_DENSITY,
    frame,
    marks,
    scatter,
)
from core.display.state.context import Context
from core.store.combination import Combination
from core.store.connection import query
from core.store.subsets.predicates import Correctness
from core.store.subsets.ranges import UNLIMITED, ColumnRanges, Range
from tests.many_classes import write_many_class_study
from tests.open_study import DENSE, context_of, open_study
from tests.study_file import CLASSES, write_study

RANGES = {"angle": (20.0, 90.0), "length": (0.0, 15.0), "margin": (-4.0, 9.0)}
PRUNED = Combination("lenet5-magnitude-0.9", "clean")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    path = write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb")
    return context_of(open_study(path), compared=PRUNED)


def rows_of(context: Context, combination: Combination) -> pl.DataFrame:
    key = context.study.key(combination)
    sql = (
        "SELECT * FROM sample_metrics WHERE model_id = $model_id AND condition_id = $condition_id "
        "ORDER BY sample_id"
    )
    return context.study.ask(query, sql, key._asdict())


def test_one_plot_draws_every_sample_with_an_angle(context: Context) -> None:
    rows = rows_of(context, PRUNED)
    found = scatter(context, PRUNED, UNLIMITED, None)
    points = found.plots[EVERY_CLASS]["points"].sort("sample_id")
    expected = rows.filter(pl.col("angle").is_not_null())
    assert points["sample_id"].to_list() == expected["sample_id"].to_list()
    assert points["angle"].to_list() == expected["angle"].to_list()
    assert (points["outcome"] == "correct").to_list() == expected["correct"].to_list()
    names = points["sample"].str.extract(r"\((\w+)\), predicted")
    assert names.to_list() == [CLASSES[label] for label in expected["label"]]
    assert (found.drawn, found.drawable, found.narrowed) == (39, 39, False)
    assert found.total("samples") == 40
    assert found.total("correct") == rows["correct"].sum()
    assert found.plots[EVERY_CLASS]["outlines"].is_empty()
    lowest = rows.sort("margin", "sample_id")["sample_id"].to_list()[:9]
    assert found.lowest_margins["sample_id"].to_list() == lowest


def test_a_selection_leaves_the_rest_light_and_is_counted_by_class(context: Context) -> None:
    selection = ColumnRanges((("margin", Range(None, 2.5)),))
    found = scatter(context, DENSE, selection, list(CLASSES))
    rows = rows_of(context, DENSE).with_columns(selected=pl.col("margin") <= 2.5)
    for label, name in enumerate(CLASSES):
        expected = rows.filter(pl.col("label") == label)
        (counts,) = found.counts.filter(pl.col("class") == name).to_dicts()
        assert counts["selected"] == expected["selected"].sum()
        assert counts["selected_correct"] == (expected["selected"] & expected["correct"]).sum()
        points = found.plots[name]["points"]
        assert (points["outcome"] != "rest").sum() == expected["selected"].sum()
        assert not found.plots[name]["outlines"].is_empty()
    assert found.narrowed


def test_plots_stand_for_the_chosen_classes_only(tmp_path: Path) -> None:
    study = open_study(write_many_class_study(tmp_path / "many.duckdb", classes=150))
    reference = Combination("net-dense", "clean")
    context = context_of(study, reference, Combination("net-magnitude-0.9", "clean"))
    found = scatter(context, reference, UNLIMITED, ["class 3", "class 120"])
    assert list(found.plots) == ["class 3", "class 120"]
    assert [one["points"].height for one in found.plots.values()] == [3, 3]
    assert (found.drawn, found.drawable) == (6, 6)
    assert found.total("samples") == 450


def test_a_class_without_filtered_samples_has_no_plot(context: Context) -> None:
    subset = Correctness(PRUNED, correct=False)
    filtered = context_of(context.study, compared=PRUNED, class_name="cat", subset=subset)
    found = scatter(filtered, PRUNED, UNLIMITED, list(CLASSES))
    assert list(found.plots) == ["cat"]
    assert found.total("correct") == 0


def test_marks_stand_in_the_order_in_which_they_are_drawn_with_their_words() -> None:
    points = pl.DataFrame(
        {
            "sample_id": [3, 1, 2],
            "class": ["cat", "cat", "cat"],
            "predicted": ["dog", "cat", "cat"],
            "correct": [False, True, True],
            "selected": [True, True, False],
            "confidence": [0.5, 0.9, 0.8],
            "angle": [70.0, 40.0, 50.0],
            "length": [4.0, 9.0, 5.0],
            "margin": [-0.001, 3.0, None],
        }
    )
    found = marks(points)
    assert found.select("sample_id", "outcome", "sample", "position").rows() == [
        (2, "rest", "2 (cat), predicted cat (80.0 %)", "angle 50.0°, length 5.0, margin undefined"),
        (1, "correct", "1 (cat), predicted cat (90.0 %)", "angle 40.0°, length 9.0, margin 3.0"),
        (3, "incorrect", "3 (cat), predicted dog (50.0 %)", "angle 70.0°, length 4.0, margin 0.0"),
    ]


def test_what_stands_around_the_samples_ends_with_the_strips() -> None:
    rows = frame(RANGES)
    assert rows["text"].drop_nulls().to_list() == ["density of angle", "margin", "length"]
    (row,) = rows.filter(pl.col("y2").is_not_null()).to_dicts()
    for metric in ("angle", "length"):
        start, width = beyond(RANGES[metric])
        assert row[f"{metric}_foot"] == pytest.approx(start)
        assert row[f"{metric}_high"] == pytest.approx(start + width)
    assert frame(RANGES, small=True)["angle_step"][0] > rows["angle_step"][0]


def test_a_curve_peaks_where_the_samples_are_and_needs_five_of_them() -> None:
    bins = np.array([10, 10, 10, 10, 10, 40, 40])
    histogram = pl.DataFrame(
        {
            "class": ["cat"] * 7,
            "metric": ["angle"] * 7,
            "outcome": ["correct"] * 5 + ["incorrect"] * 2,
            "bin": pl.Series(bins, dtype=pl.Int32),
            "samples": [1] * 7,
            "selected": [1] * 3 + [0] * 4,
        }
    )
    by, looks = ["class", "outcome"], {"bins": BINS, "least": LEAST_FOR_DENSITY}
    found = density_curves(histogram, RANGES, by, **looks, narrowed=True)
    assert found.select("outcome", "selected").unique().rows() == [("correct", False)]
    low, high = RANGES["angle"]
    peak = found.sort("density")["value"][-1]
    assert peak == pytest.approx(low + (high - low) * 10.5 / BINS)
    assert density_curves(histogram, RANGES, by, **looks, narrowed=False).is_empty()
