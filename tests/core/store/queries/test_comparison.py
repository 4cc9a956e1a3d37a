"""Two combinations of a study made by hand: every sample's outcome and change is known."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from core.metrics import HISTOGRAMS
from core.store.combination import Combination, Key
from core.store.connection import Connection, connect
from core.store.queries.comparison import (
    change_histograms,
    change_ranges,
    metric_histograms,
    outcome_counts,
    paired_positions,
)
from core.store.queries.paired import PairedSamples, pair_table
from core.store.subsets.base import Names, SampleFilter
from core.store.subsets.combinators import all_of
from core.store.subsets.ranges import ColumnRanges, MetricChange, MetricUnder, Range, RangeFilter
from tests.study_file import write_study

REFERENCE, COMPARED = Key(0, 0), Key(1, 0)
# sample_id: (right under the reference, under the compared, change of angle)
BY_HAND = {
    0: (True, True, 1.0),
    1: (True, True, -2.0),
    2: (True, False, 8.0),
    3: (True, False, 5.0),
    4: (True, False, 6.0),
    5: (False, True, -7.0),
    6: (False, False, 0.5),
    7: (False, False, None),
}
NAMES = Names({"lenet5-dense": 0, "lenet5-magnitude-0.5": 1}, {"clean": 0}, {"plane": 0, "car": 1})


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Connection:
    path = write_study(tmp_path_factory.mktemp("study") / "hand.duckdb", sample_count=8)
    _fill(path)
    return connect(path)


def _fill(path: Path) -> None:
    with duckdb.connect(str(path)) as writer:
        for sample_id, (before, after, change) in BY_HAND.items():
            for model, correct, angle in (
                (0, before, 50.0),
                (1, after, None if change is None else 50.0 + change),
            ):
                writer.execute(
                    "UPDATE sample_metrics SET correct = $correct, angle = $angle, "
                    "length = $length, margin = $margin "
                    "WHERE model_id = $model AND condition_id = 0 AND sample_id = $sample",
                    {
                        "correct": correct,
                        "angle": angle,
                        "length": 10.0 - model * sample_id,
                        "margin": 3.0 if correct else -1.0,
                        "model": model,
                        "sample": sample_id,
                    },
                )


@pytest.fixture(scope="module")
def pairs(connection: Connection) -> Connection:
    return pair_table(connection, PairedSamples(REFERENCE, COMPARED))


def angle_between(low: float | None, high: float | None) -> ColumnRanges:
    return ColumnRanges((("change_angle", Range(low, high)),))


@pytest.mark.parametrize(
    ("outcome", "samples"),
    [("both right", [0, 1]), ("broken", [2, 3, 4]), ("fixed", [5]), ("both wrong", [6])],
)
def test_each_panel_holds_the_samples_that_changed_so(
    pairs: Connection, outcome: str, samples: list[int]
) -> None:
    points = paired_positions(pairs, limit=100)
    assert points.filter(pl.col("outcome") == outcome)["sample_id"].to_list() == samples


def test_counts_say_what_has_no_position(pairs: Connection) -> None:
    found = outcome_counts(pairs, angle_between(5, None))
    assert found.rows() == [
        ("both right", 2, 0, 0, 0),
        ("both wrong", 2, 0, 1, 0),
        ("broken", 3, 3, 0, 0),
        ("fixed", 1, 0, 0, 0),
    ]


def test_class_and_selection_narrow_together(connection: Connection) -> None:
    planes = pair_table(connection, PairedSamples(REFERENCE, COMPARED, SampleFilter(0)))
    found = outcome_counts(planes, angle_between(-3, 6))
    assert found.select("outcome", "samples", "selected").rows() == [
        ("both right", 1, 1),
        ("broken", 1, 1),
    ]


def test_changes_range_from_the_smallest_to_the_largest(pairs: Connection) -> None:
    found = change_ranges(pairs)
    (*position, probability) = found.rows()
    assert position == [("angle", -7, 8), ("length", -7, 0), ("margin", -4, 4)]
    assert probability[0] == "true_probability"
    assert -1 <= probability[1] <= probability[2] <= 1


def test_histograms_of_changes_agree_with_numpy(pairs: Connection) -> None:
    ranges = dict.fromkeys(HISTOGRAMS, (-8.0, 8.0))
    found = change_histograms(pairs, angle_between(0, None), ranges=ranges, bins=4).filter(
        pl.col("metric") == "angle"
    )
    changes = np.array([change for *_, change in BY_HAND.values() if change is not None])
    counts, _ = np.histogram(changes, bins=4, range=(-8, 8))
    selected, _ = np.histogram(changes[changes >= 0], bins=4, range=(-8, 8))
    totals, _ = np.histogram(
        changes[changes >= 0], bins=4, range=(-8, 8), weights=changes[changes >= 0]
    )
    full = np.flatnonzero(counts)
    assert found["bin"].to_list() == full.tolist()
    assert found["samples"].to_list() == counts[full].tolist()
    assert found["selected"].to_list() == selected[full].tolist()
    assert found["selected_total"].to_list() == totals[full].tolist()


def test_each_role_has_its_own_histogram(pairs: Connection) -> None:
    ranges = {"angle": (40.0, 60.0), "length": (0.0, 10.0), "margin": (-4.0, 4.0)}
    ranges["true_probability"] = (0.0, 1.0)
    found = metric_histograms(pairs, angle_between(None, 0), ranges=ranges, bins=2)
    right = found.filter((pl.col("metric") == "margin") & (pl.col("bin") == 1))
    assert right.select("role", "samples", "selected").rows() == [
        ("compared", 3, 2),
        ("reference", 5, 1),
    ]


def test_selected_samples_are_drawn_before_all_others_and_the_rest_by_seed(
    pairs: Connection,
) -> None:
    selected = angle_between(5, None)
    drawn = paired_positions(pairs, selected, limit=4)
    assert {2, 3, 4} < set(drawn["sample_id"])
    assert drawn.equals(paired_positions(pairs, selected, limit=4))
    others = {
        int(s)
        for seed in range(20)
        for s in paired_positions(pairs, selected, limit=4, seed=seed)["sample_id"]
    }
    assert others == {0, 1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    "ranges",
    [
        {"change_angle": Range(-2.0, 6.0)},
        {"change_angle": Range(1.0), "change_length": Range(None, -2.0)},
        {"place_margin": Range(0.0, 4.0), "change_margin": Range(None, 0.0)},
    ],
)
def test_what_is_selected_is_the_filter_that_it_becomes(
    connection: Connection, pairs: Connection, ranges: dict[str, Range]
) -> None:
    reference = Combination("lenet5-dense", "clean")
    compared = Combination("lenet5-magnitude-0.5", "clean")
    subset = all_of(
        *(
            RangeFilter(
                MetricUnder(reference, metric)
                if kind == "place"
                else MetricChange(reference, compared, metric),
                limits,
            )
            for (kind, metric), limits in ((n.split("_"), limits) for n, limits in ranges.items())
        )
    ).to_sql(NAMES)
    as_subset = connection.execute(
        f"SELECT sample_id FROM samples WHERE {subset.sql} ORDER BY sample_id",
        dict(subset.parameters),
    ).fetchall()
    drawn = paired_positions(pairs, ColumnRanges(tuple(ranges.items())), limit=100)
    assert [(sample_id,) for sample_id in drawn.filter("selected")["sample_id"]] == as_subset
    assert 0 < len(as_subset) < 7
