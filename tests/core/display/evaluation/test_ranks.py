from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import binomtest

from core.display.evaluation.histograms import histogram_words, histograms
from core.display.evaluation.ranks import Scores, best_bars, ranking, scores_of, without_tests
from core.store.connection import connect, query
from core.store.queries.correct_bits import changes_between_models
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.open_study import open_study
from tests.study_file import write_study


def scores(right: list[int], versions: int = 1) -> Scores:
    return Scores(np.array(right, dtype=np.int64), versions)


A = scores([1] * 90 + [0] * 10)
LIKE_A = scores([1] * 89 + [0] * 11)
WORSE = scores([1] * 50 + [0] * 50)


def test_who_does_not_differ_shares_a_rank_and_ranks_count_as_in_sports() -> None:
    found = ranking({("fog", "a"): A, ("fog", "b"): LIKE_A, ("fog", "c"): WORSE, ("snow", "c"): A})
    assert found.tests == 3
    assert found.ranks.select("column", "series", "rank").rows() == [
        ("fog", "a", 1), ("fog", "b", 1), ("fog", "c", 3), ("snow", "c", 1),
    ]  # fmt: skip


def test_the_correction_is_over_all_columns_of_the_picture() -> None:
    """Nine images of a hundred are evidence for one test, and none among a hundred tests."""
    ahead, behind = scores([1] * 59 + [0] * 41), scores([1] * 50 + [0] * 50)
    assert binomtest(0, 9).pvalue == pytest.approx(0.0039, abs=1e-4)
    one = ranking({("fog", "a"): ahead, ("fog", "b"): behind})
    assert one.ranks["rank"].to_list() == [1, 2]
    many = {(f"c{i}", name): A for i in range(100) for name in ("a", "b")}
    several = ranking({**many, ("fog", "a"): ahead, ("fog", "b"): behind})
    assert several.tests == 101
    assert several.ranks.filter(column="fog")["rank"].to_list() == [1, 1]


def test_a_single_image_or_a_single_series_ties_with_itself() -> None:
    assert ranking({("fog", "a"): scores([1])}).ranks["rank"].to_list() == [1]
    alone = ranking({("fog", "a"): scores([1]), ("fog", "b"): scores([0])})
    assert alone.ranks["rank"].to_list() == [1, 1]
    assert ranking({}).ranks.height == 0


def test_unequal_numbers_of_versions_are_compared_as_means() -> None:
    once, twice = scores([1, 0, 1, 0] * 20), scores([2, 0, 2, 0] * 20, versions=2)
    assert ranking({("fog", "a"): once, ("fog", "b"): twice}).ranks["rank"].to_list() == [1, 1]


def test_intervals_are_wilsons_or_a_bootstrap_or_none() -> None:
    expected = binomtest(90, 100).proportion_ci(method="wilson")
    assert A.interval() == pytest.approx((expected.low, expected.high))
    low, high = scores([0, 1, 2, 3] * 30, versions=3).interval()
    spread = 1.96 * np.std([0, 1, 2, 3]) / 3 / np.sqrt(120)
    assert (low, high) == pytest.approx((0.5 - spread, 0.5 + spread), abs=0.01)
    assert scores([3] * 30, versions=3).interval() == (None, None)
    assert scores([1, 2], versions=3).interval() == (None, None)


def test_the_best_sound_bar_speaks_for_a_series() -> None:
    bars = pl.DataFrame(
        {
            "column": ["fog"] * 4,
            "series": ["a", "a", "a", "b"],
            "ratio": [0.5, 0.7, 0.9, 0.5],
            "accuracy": [0.8, 0.8, 0.9, 1.0],
            "degenerate": [False, False, True, True],
        }
    )
    best = best_bars(bars)
    assert best.rows() == [("fog", "a", 0.5)]
    order = without_tests(bars, best)
    assert order.rows() == [("fog", "a", None, None, None)]


def test_scores_are_those_of_the_rows(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb", sample_count=1_100)
    study = open_study(path)
    members = pl.DataFrame(
        {
            "column": ["x", "x", "y"],
            "series": ["a", "a", "b"],
            "model_id": [1, 3, 2],
            "condition_id": [0, 2, 1],
        }
    )
    for sample_filter in (EVERYTHING, SampleFilter(class_id=2)):
        found = scores_of(study, members, sample_filter)
        with connect(path) as connection:
            rows = query(
                connection,
                "SELECT model_id, condition_id, sample_id, correct::INT AS correct "
                "FROM sample_metrics WHERE $class IS NULL OR label = $class ORDER BY sample_id",
                {"class": sample_filter.class_id},
            )
        one, two, three = (
            rows.filter(model_id=m, condition_id=c)["correct"].to_numpy()
            for m, c in ((1, 0), (3, 2), (2, 1))
        )
        np.testing.assert_array_equal(found["x", "a"].right, one + two)
        np.testing.assert_array_equal(found["y", "b"].right, three)
        assert (found["x", "a"].versions, found["y", "b"].versions) == (2, 1)


def test_changes_of_many_pairs_are_those_of_the_rows(tmp_path: Path) -> None:
    path = write_study(tmp_path / "tiny.duckdb", sample_count=1_100)
    pairs = [(0, 1, 0), (1, 2, 1), (3, 2, 2), (2, 2, 0)]
    with connect(path) as connection:
        found = changes_between_models(
            connection,
            first_ids=[p[0] for p in pairs],
            second_ids=[p[1] for p in pairs],
            condition_ids=[p[2] for p in pairs],
        )
        expected = [
            query(
                connection,
                "SELECT $pair AS pair, count(*) FILTER (f.correct AND NOT s.correct) AS broken, "
                "count(*) FILTER (s.correct AND NOT f.correct) AS fixed "
                "FROM sample_metrics f JOIN sample_metrics s USING (condition_id, sample_id) "
                "WHERE f.model_id = $f AND s.model_id = $s AND condition_id = $c",
                {"pair": i, "f": f, "s": s, "c": c},
            )
            for i, (f, s, c) in enumerate(pairs)
        ]
    assert_frame_equal(found, pl.concat(expected), check_dtypes=False)


def test_a_degenerate_model_never_ranks_on_the_class_that_it_always_names(tmp_path: Path) -> None:
    """A model that answers "car" to nearly everything gets nearly every car right."""
    path = write_study(tmp_path / "tiny.duckdb", sample_count=1_100)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE most_frequent_prediction SET share = 0.98, degenerate = true WHERE model_id = 3"
        )
        connection.execute(
            "UPDATE accuracy_rollup SET correct_count = sample_count WHERE model_id = 3 "
            "AND label = 1"
        )
    study = open_study(path)
    found = histograms(study, study.models, SampleFilter(class_id=1), severity=0, untested=None)
    bars = found.tables["bars"]
    assert found.measure == "recall"
    assert found.degenerate == 1
    assert set(bars.filter(series="Random")["rank_words"]) == {"none"}
    assert set(bars.filter(series="Magnitude")["rank_words"]) == {"1"}
    assert bars["precision"].is_not_null().all()
    assert "Hatched, and last: degenerate bars" in histogram_words(found)


def test_samples_chosen_by_a_model_shown_are_not_tested(tmp_path: Path) -> None:
    study = open_study(write_study(tmp_path / "tiny.duckdb"))
    found = histograms(study, study.models, EVERYTHING, severity=0, untested="chosen by this")
    assert found.tests == 0
    assert set(found.tables["bars"]["rank_words"]) == {"none"}
    assert found.tables["ties"].is_empty()
    assert "(chosen by this)" in histogram_words(found)
