"""What the pictures over the axes show, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.display.global_geometry.axes import choose_axes
from core.display.global_geometry.parallel.frames import ParallelFrames, parallel_frames
from core.display.global_geometry.parallel.plot import LineStyle, Shown
from core.display.global_geometry.values import AxisSamples, values_under
from core.display.state.context import Context
from core.store.study import Study
from core.store.subsets.predicates import SampleIds
from core.store.subsets.ranges import AngleToClass, MetricUnder, Range, RangeFilter

STYLE = LineStyle("role", limit=1000)


def samples_of(context: Context) -> AxisSamples:
    return AxisSamples(context.paired, choose_axes(context.study, context.paired).axes)


def frames(context: Context, *, stacked: bool = False, **settings: Any) -> ParallelFrames:
    shown = [
        Shown(role, context.study.key(one), context.short(one))
        for role, one in context.roles.items()
    ]
    options = {"style": STYLE, "ranges": {}, "selection": None, **settings}
    plots = [[one] for one in shown] if stacked else [shown]
    return parallel_frames(context.study, samples_of(context), plots, **options)


def test_one_picture_holds_the_lines_of_both_combinations(
    context_of: Callable[..., Context],
) -> None:
    found = frames(context_of(class_id=2))
    (plot,) = found.plots
    assert plot.roles == ("reference", "compared")
    assert plot.legend.entries == (("reference", "#7d8694"), ("compared", "#c28500"))
    assert (plot.drawn, found.samples, found.selected) == (10, 10, None)
    assert str(plot.tables["picture"]["url"][0]).count("%3Cpath class=") == 20
    assert plot.tables["axes"].select("name", "own").rows() == [
        ("plane", False), ("car", False), ("bird (true class)", True), ("cat", False),
        ("length", False), ("margin", False), ("true-class probability", False),
    ]  # fmt: skip
    assert plot.tables["moments"].height == 14
    assert plot.tables["ranges"].is_empty()
    assert found.shifts is not None
    assert found.shifts["shifts"].height == 7


def test_a_line_tells_its_sample_in_words_and_holds_its_heights(
    context_of: Callable[..., Context],
) -> None:
    context = context_of(class_id=2)
    plot = frames(context).plots[0]
    lines = plot.tables["lines"]
    samples = samples_of(context)
    values = values_under(context.study, samples, samples.paired.reference)
    row = lines.filter(pl.col("under") == "reference: Dense, clean").row(0, named=True)
    i = values.samples["sample_id"].to_list().index(row["sample_id"])
    sample = values.samples.row(i, named=True)
    predicted = context.study.class_names[sample["prediction"]]
    angle, length, margin, probability = (
        sample[name] for name in ("angle", "length", "margin", "true_probability")
    )
    assert row["sample_id"] == sample["sample_id"]
    assert row["classes"].startswith(f"true bird, predicted {predicted} (")
    assert row["metrics"] == f"{round(angle, 1)}°, {round(length, 2)}, {round(margin, 2)}"
    assert row["probability"] == str(round(probability, 3))
    heights = [row[f"p{axis}"] for axis in range(7)]
    assert heights == pytest.approx(values.heights(np.array([i]))[0], abs=1e-6)
    assert set(plot.tables["cells"]["line"]) == set(lines["line"])
    assert row["condition_id"] == 0
    assert lines.columns == [
        "sample_id", "condition_id", "under", "line", "classes", "metrics", "probability",
        "colour", *(f"p{axis}" for axis in range(7)),
    ]  # fmt: skip


def test_ranges_leave_the_lines_within_them_to_the_pointer(
    context_of: Callable[..., Context],
) -> None:
    context = context_of(class_id=2)
    samples = samples_of(context)
    values = values_under(context.study, samples, samples.paired.compared).samples
    limit = float(values["angle"].sort()[3]) + 1e-4
    selection = context.narrowed(
        RangeFilter(AngleToClass(context.compared, "bird"), Range(None, limit))
    )
    found = frames(context, ranges={"compared:angle:bird": Range(None, limit)}, selection=selection)
    (plot,) = found.plots
    within = values.filter(pl.col("angle") <= limit)["sample_id"].to_list()
    assert found.selected == len(within) == 4
    assert set(plot.tables["lines"]["sample_id"]) <= set(within)
    assert plot.drawn == 10
    assert plot.tables["ranges"].select("position", "height").rows() == [(1.87, 0.0)]


def test_an_empty_selection_leaves_no_line_to_the_pointer(
    context_of: Callable[..., Context],
) -> None:
    context = context_of(class_id=2)
    nothing = context.narrowed(RangeFilter(MetricUnder(context.reference, "length"), Range(1e9)))
    found = frames(context, ranges={"reference:length:": Range(1e9)}, selection=nothing)
    assert found.selected == 0
    assert found.plots[0].tables["cells"].is_empty()
    assert found.plots[0].tables["lines"].is_empty()


def test_stacked_pictures_share_the_lines_between_them_and_it_is_said(
    context_of: Callable[..., Context],
) -> None:
    found = frames(context_of(), stacked=True, style=LineStyle("outcome", limit=20))
    assert [plot.roles for plot in found.plots] == [("reference",), ("compared",)]
    assert [plot.drawn for plot in found.plots] == [10, 10]
    assert found.plots[0].plot_area == found.plots[1].plot_area
    assert found.notes[0].startswith("10 of 40 samples are drawn, picked at random")


def test_a_combination_compared_with_itself_has_no_shifts(
    context_of: Callable[..., Context],
) -> None:
    assert frames(context_of("lenet5-dense")).shifts is None


def test_zero_features_are_counted(context_of: Callable[..., Context]) -> None:
    found = frames(context_of("lenet5-magnitude-0.9", class_id=0))
    expected = ("Under the compared, 1 of 10 samples have no angles (the network gives a zero "
                "feature).")  # fmt: skip
    assert expected in found.notes


@pytest.mark.parametrize("colour", ["role", "outcome", "predicted"])
def test_lines_of_two_combinations_are_told_apart(
    context_of: Callable[..., Context], colour: str
) -> None:
    (plot,) = frames(context_of(class_id=2), style=LineStyle(colour, limit=100)).plots
    assert plot.legend.dashes == (colour != "role")
    first = {"role": "reference", "outcome": "correct", "predicted": "predicted bird"}[colour]
    assert plot.legend.entries[0][0] == first


def test_one_sample_among_a_thousand_classes_is_drawn(
    context_of: Callable[..., Context], many_classes: Callable[[int], Study]
) -> None:
    context = context_of("net-magnitude-0.9", study=many_classes(1000))
    one = replace(context, sample_filter=context.narrowed(SampleIds((5,))))
    found = frames(one)
    assert (found.samples, found.plots[0].drawn) == (1, 1)
    assert found.plots[0].plot_area.top == pytest.approx(1.10)
    assert any("10 nearest class directions" in note for note in found.notes)
