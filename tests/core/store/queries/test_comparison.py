"""Two combinations of a study made by hand: every sample's outcome and change is known."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from core.store.connection import Connection, connect
from core.store.queries import comparison as comparison_queries
from core.store.queries.paired import Compared, Kept, pair_table
from core.store.subsets.base import Chosen
from core.store.subsets.predicates import AllOf, MetricDifference, MetricRange, Names, Pair
from tests.study_file import write_study

REFERENCE, COMPARED = (0, 0), (1, 0)
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
    return pair_table(connection, Compared(REFERENCE, COMPARED))


def angle_between(low: float | None, high: float | None) -> Kept:
    return Kept((("change_angle", low, high),))


@pytest.mark.parametrize(
    ("outcome", "samples"),
    [("both right", [0, 1]), ("broken", [2, 3, 4]), ("fixed", [5]), ("both wrong", [6])],
)
def test_each_panel_holds_the_samples_that_changed_so(
    pairs: Connection, outcome: str, samples: list[int]
) -> None:
    points = comparison_queries.comparison_points(pairs, limit=100)
    assert points.filter(pl.col("outcome") == outcome)["sample_id"].to_list() == samples


def test_counts_say_what_has_no_place(pairs: Connection) -> None:
    found = comparison_queries.comparison_counts(pairs, angle_between(5, None))
    assert found.rows() == [
        ("both right", 2, 0, 0, 0),
        ("both wrong", 2, 0, 1, 0),
        ("broken", 3, 3, 0, 0),
        ("fixed", 1, 0, 0, 0),
    ]


def test_class_and_kept_samples_narrow_together(connection: Connection) -> None:
    planes = pair_table(connection, Compared(REFERENCE, COMPARED, Chosen(0)))
    found = comparison_queries.comparison_counts(planes, angle_between(-3, 6))
    assert found.select("outcome", "samples", "kept").rows() == [
        ("both right", 1, 1),
        ("broken", 1, 1),
    ]


def test_changes_range_from_the_smallest_to_the_largest(pairs: Connection) -> None:
    found = comparison_queries.difference_ranges(pairs)
    assert found.rows() == [("angle", -7, 8), ("length", -7, 0), ("margin", -4, 4)]


def test_histograms_of_changes_agree_with_numpy(pairs: Connection) -> None:
    ranges = {"angle": (-8.0, 8.0), "length": (-8.0, 8.0), "margin": (-8.0, 8.0)}
    found = comparison_queries.difference_histograms(
        pairs, angle_between(0, None), ranges=ranges, bins=4
    ).filter(pl.col("metric") == "angle")
    changes = np.array([change for *_, change in BY_HAND.values() if change is not None])
    counts, _ = np.histogram(changes, bins=4, range=(-8, 8))
    kept, _ = np.histogram(changes[changes >= 0], bins=4, range=(-8, 8))
    totals, _ = np.histogram(
        changes[changes >= 0], bins=4, range=(-8, 8), weights=changes[changes >= 0]
    )
    full = np.flatnonzero(counts)
    assert found["bin"].to_list() == full.tolist()
    assert found["samples"].to_list() == counts[full].tolist()
    assert found["kept"].to_list() == kept[full].tolist()
    assert found["kept_total"].to_list() == totals[full].tolist()


def test_each_role_has_its_own_histogram(pairs: Connection) -> None:
    ranges = {"angle": (40.0, 60.0), "length": (0.0, 10.0), "margin": (-4.0, 4.0)}
    found = comparison_queries.comparison_histograms(
        pairs, angle_between(None, 0), ranges=ranges, bins=2
    )
    right = found.filter((pl.col("metric") == "margin") & (pl.col("bin") == 1))
    assert right.select("role", "samples", "kept").rows() == [
        ("compared", 3, 2),
        ("reference", 5, 1),
    ]


def test_kept_samples_are_drawn_before_all_others_and_the_rest_by_seed(
    pairs: Connection,
) -> None:
    kept = angle_between(5, None)
    drawn = comparison_queries.comparison_points(pairs, kept, limit=4)
    assert {2, 3, 4} < set(drawn["sample_id"])
    assert drawn.equals(comparison_queries.comparison_points(pairs, kept, limit=4))
    others = {
        int(s)
        for seed in range(20)
        for s in comparison_queries.comparison_points(pairs, kept, limit=4, seed=seed)["sample_id"]
    }
    assert others == {0, 1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    "ranges",
    [
        (("change_angle", -2.0, 6.0),),
        (("change_angle", 1.0, None), ("change_length", None, -2.0)),
        (("place_margin", 0.0, 4.0), ("change_margin", None, 0.0)),
    ],
)
def test_what_is_kept_is_the_subset_that_it_becomes(
    connection: Connection, pairs: Connection, ranges: tuple[tuple[str, float, float], ...]
) -> None:
    reference, compared = Pair("lenet5-dense", "clean"), Pair("lenet5-magnitude-0.5", "clean")
    subset = AllOf(
        tuple(
            MetricDifference(reference, compared, name.removeprefix("change_"), low, high)  # type: ignore[arg-type]
            if name.startswith("change_")
            else MetricRange(reference, name.removeprefix("place_"), low, high)  # type: ignore[arg-type]
            for name, low, high in ranges
        )
    ).to_sql(NAMES)
    as_subset = connection.execute(
        f"SELECT sample_id FROM samples WHERE {subset.sql} ORDER BY sample_id",
        dict(subset.parameters),
    ).fetchall()
    drawn = comparison_queries.comparison_points(pairs, Kept(ranges), limit=100)
    assert [(sample_id,) for sample_id in drawn.filter("kept")["sample_id"]] == as_subset
    assert 0 < len(as_subset) < 7
