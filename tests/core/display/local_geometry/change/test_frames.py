"""Frames of a comparison, against numpy over the study's own rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.display.local_geometry.change.chart import SMALL, WIDE
from core.display.local_geometry.change.frames import (
    SHOWN_BINS,
    Comparison,
    compare,
    marks,
    padded_ranges,
)
from core.display.local_geometry.words import change_notes, share_words, shift_words
from core.display.state.context import Context
from core.metrics import GEOMETRIC
from core.store.combination import Combination
from core.store.connection import query
from core.store.subsets.predicates import OUTCOMES, Outcome
from core.store.subsets.ranges import UNLIMITED, ColumnRanges, Range
from tests.open_study import DENSE, context_of, open_study
from tests.study_file import write_study

PRUNED = Combination("lenet5-magnitude-0.9", "clean")
SELECTION = ColumnRanges((("change_angle", Range(15.0, 25.0)), ("place_length", Range(11.0, None))))


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    path = write_study(tmp_path_factory.mktemp("study") / "tiny.duckdb")
    return context_of(open_study(path), compared=PRUNED)


@pytest.fixture(scope="module")
def everything(context: Context) -> Comparison:
    return compare(context.study, context.paired, UNLIMITED)


@pytest.fixture(scope="module")
def some(context: Context) -> Comparison:
    return compare(context.study, context.paired, SELECTION)


@pytest.fixture(scope="module")
def raw(context: Context) -> dict[str, dict[str, np.ndarray]]:
    """The rows under each role by sample, as arrays of doubles; NaN where undefined."""
    found = {}
    for role, combination in (("reference", DENSE), ("compared", PRUNED)):
        rows = context.study.ask(
            query,
            "SELECT sample_id, correct, angle::DOUBLE AS angle, length::DOUBLE AS length, "
            "margin::DOUBLE AS margin FROM sample_metrics "
            "WHERE model_id = $model_id AND condition_id = $condition_id ORDER BY sample_id",
            context.study.key(combination)._asdict(),
        )
        found[role] = {name: rows[name].to_numpy() for name in rows.columns}
    return found


def changes(raw: dict[str, dict[str, np.ndarray]], metric: str) -> np.ndarray:
    return raw["compared"][metric] - raw["reference"][metric]


def selected(raw: dict[str, dict[str, np.ndarray]]) -> np.ndarray:
    angle, length = changes(raw, "angle"), raw["reference"]["length"]
    return (angle >= 15) & (angle <= 25) & (length >= 11)


def test_outcomes_are_counted_over_all_samples(
    some: Comparison, raw: dict[str, dict[str, np.ndarray]]
) -> None:
    before, after = (raw[role]["correct"].astype(bool) for role in ("reference", "compared"))
    inside = selected(raw)
    assert 0 < inside.sum() < 40
    for row in some.counts.iter_rows(named=True):
        outcome = OUTCOMES[row["outcome"]]
        of_outcome = (before == outcome.before) & (after == outcome.after)
        assert row["samples"] == of_outcome.sum()
        assert row["selected"] == (of_outcome & inside).sum()
    assert some.counts["outcome"].to_list() == list(OUTCOMES)
    assert (some.total("samples"), some.total("without_position")) == (40, 1)


@pytest.mark.parametrize("metric", GEOMETRIC)
def test_mean_shifts_are_those_of_the_raw_rows(
    everything: Comparison, some: Comparison, raw: dict[str, dict[str, np.ndarray]], metric: str
) -> None:
    values = changes(raw, metric)
    for found, inside in ((everything, np.isfinite(values)), (some, selected(raw))):
        shift = found.shifts[metric]
        assert shift.samples == inside.sum()
        assert shift.mean == pytest.approx(values[inside].mean())
    defined = values[np.isfinite(values)]
    rng = np.random.default_rng(1)
    means = rng.choice(defined, size=(4000, defined.size)).mean(axis=1)
    expected = pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.04 * defined.std())
    assert everything.shifts[metric].interval == expected


def test_a_selection_by_what_is_shown_gets_no_interval(some: Comparison) -> None:
    # all of it changed by 15 to 25 degrees: an interval of its mean once said how surely
    assert {shift.interval for shift in some.shifts.values()} == {None}
    assert shift_words(some, "angle").endswith("°  (chosen by this; no test)")


def test_a_selection_by_the_position_that_it_changes_from_gets_no_interval(
    context: Context,
) -> None:
    selection = ColumnRanges((("place_length", Range(11.0, None)),))
    found = compare(context.study, context.paired, selection)
    assert shift_words(found, "length").endswith("(chosen by this; no test)")


@pytest.mark.parametrize("metric", GEOMETRIC)
def test_histograms_of_changes_are_those_of_numpy(
    some: Comparison, raw: dict[str, dict[str, np.ndarray]], metric: str
) -> None:
    values = changes(raw, metric)
    defined = np.isfinite(values)
    edges = np.linspace(*some.change_ranges[metric], SHOWN_BINS + 1)
    assert edges[0] < min(0, values[defined].min())
    assert edges[-1] > max(0, values[defined].max())
    bars = some.metrics[metric]["changes"]
    at = np.searchsorted(edges, bars["low"].to_numpy() + 1e-9) - 1
    assert bars["high"].to_numpy() == pytest.approx(edges[at + 1])
    for column, inside in (("samples", defined), ("selected", defined & selected(raw))):
        counts = np.zeros(SHOWN_BINS, dtype=int)
        counts[at] = bars[column].to_numpy()
        expected, _ = np.histogram(values[inside], bins=edges)
        assert counts.tolist() == expected.tolist()


@pytest.mark.parametrize("metric", GEOMETRIC)
def test_densities_are_of_the_selected_and_of_all(
    everything: Comparison, some: Comparison, raw: dict[str, dict[str, np.ndarray]], metric: str
) -> None:
    curves = some.metrics[metric]["curves"].select("role", "selected", "samples").unique()
    compared = np.isfinite(raw["compared"][metric])
    assert set(curves.rows()) == {
        ("reference", True, selected(raw).sum()),
        ("compared", True, (selected(raw) & compared).sum()),
        ("reference", False, 40),
        ("compared", False, compared.sum()),
    }
    curves = everything.metrics[metric]["curves"]
    assert curves["selected"].all()
    assert set(curves["role"]) == {"reference", "compared"}
    reference = curves.filter(pl.col("role") == "reference")
    mean = np.average(reference["value"], weights=reference["density"])
    assert mean == pytest.approx(raw["reference"][metric].mean(), abs=0.5)


def test_positions_and_headings_are_those_of_the_raw_rows(
    some: Comparison, raw: dict[str, dict[str, np.ndarray]]
) -> None:
    points = some.points.sort("sample_id")
    drawn = np.isfinite(changes(raw, "angle"))
    assert points["sample_id"].to_numpy().tolist() == np.flatnonzero(drawn).tolist()
    assert points["selected"].to_numpy().tolist() == selected(raw)[drawn].tolist()
    for role, rows in raw.items():
        for metric in ("angle", "length"):
            assert points[f"{role}_{metric}"].to_numpy() == pytest.approx(rows[metric][drawn])
    across, up = (
        changes(raw, metric)[drawn] / np.ptp(some.ranges[metric]) * pixels
        for metric, pixels in zip(("angle", "length"), WIDE, strict=True)
    )
    assert points["heading"].to_numpy() == pytest.approx(
        np.degrees(np.arctan2(across, up)), abs=1e-3
    )
    assert sum(one["points"].height for one in some.outcomes.values()) == 39


def test_a_heading_holds_for_large_and_small_plots() -> None:
    assert WIDE[0] / WIDE[1] == SMALL[0] / SMALL[1]


def test_axes_hold_both_combinations_and_stay_for_every_class(
    context: Context, everything: Comparison
) -> None:
    of_cats = context_of(context.study, compared=PRUNED, class_name="cat")
    cats = compare(of_cats.study, of_cats.paired, UNLIMITED)
    assert cats.total("samples") == 10
    assert cats.change_ranges == everything.change_ranges
    for metric, tables in cats.metrics.items():
        assert tables["axes"].equals(everything.metrics[metric]["axes"])
    assert cats.axes.drop("note").equals(everything.axes.drop("note"))


def test_an_outcome_without_samples_says_so(context: Context) -> None:
    broken = context_of(context.study, compared=PRUNED, subset=Outcome(DENSE, PRUNED, "broken"))
    selection = ColumnRanges((("change_angle", Range(500.0, None)),))
    found = compare(broken.study, broken.paired, selection)
    assert found.total("selected") == 0
    assert found.shifts == {}
    assert shift_words(found, "angle") == "no selected sample with a value under both"
    empty = [name for name, one in found.outcomes.items() if one["points"].is_empty()]
    assert empty == ["both right", "fixed", "both wrong"]
    assert {found.outcomes[name]["axes"]["note"][0] for name in empty} == {"no sample"}


def test_words_of_a_comparison(some: Comparison, everything: Comparison) -> None:
    shift = everything.shifts["angle"]
    assert shift.interval is not None
    low, high = shift.interval
    words = f"mean shift {shift.mean:+.2f}°  "
    assert shift_words(everything, "angle") == (f"{words}(95 % interval {low:+.2f} to {high:+.2f})")
    assert shift_words(everything, "angle", untested="hand-picked; no test") == (
        f"{words}(hand-picked; no test)"
    )
    assert share_words(1, 4000) == "1 of 4,000, 0.0\u00a0%"
    assert share_words(0, 0) == "0 of 0"
    (note,) = change_notes(some)
    assert note.startswith("1 sample without an angle under one of the two")


def test_tooltips_say_outcomes_as_people_do() -> None:
    row = {
        "sample_id": [7],
        "class": ["cat"],
        "outcome": ["broken"],
        "selected": [True],
        "predicted_before": ["cat"],
        "predicted_after": ["dog"],
        **{f"{role}_angle": [40.04] for role in ("reference", "compared")},
        **{f"{role}_length": [9.126] for role in ("reference", "compared")},
        "reference_margin": [1.0],
        "compared_margin": pl.Series([None], dtype=pl.Float64),
    }
    ranges = {"angle": (0.0, 90.0), "length": (0.0, 10.0), "margin": (-1.0, 1.0)}
    (found,) = marks(pl.DataFrame(row), ranges).to_dicts()
    assert found["sample"] == "7 (cat)"
    assert found["answers"] == "cat → dog (right → wrong)"
    assert found["position"] == "40.0°, 9.13 → 40.0°, 9.13"
    assert found["margin"] == "1.0 → undefined"


def test_a_range_of_changes_holds_zero_and_has_a_width() -> None:
    found = padded_ranges(
        pl.DataFrame(
            {"metric": ["angle", "length"], "low": [2.0, None], "high": [12.0, None]},
            schema_overrides={"low": pl.Float64, "high": pl.Float64},
        )
    )
    assert found["angle"] == pytest.approx((-0.48, 12.48))
    assert found["length"] == found["margin"] == (-1.0, 1.0)
