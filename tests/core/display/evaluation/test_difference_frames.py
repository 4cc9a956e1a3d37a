"""Accuracy of some samples against all of them: what is chance, and where bars end."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import fisher_exact

from core.display.evaluation.bar_frames import FULL, accuracy_by_corruption
from core.display.evaluation.chart_difference import BETTER, WORSE
from core.display.evaluation.difference_frames import (
    difference_limit,
    difference_note,
    difference_table,
    differences,
    subset_tests,
)
from core.display.severity import MEAN_SEVERITY

CONDITIONS = pl.DataFrame(
    {"condition_id": [0], "corruption": ["clean"], "category": ["clean"], "severity": [0]}
)
MODELS = pl.DataFrame(
    {
        "model_id": [0],
        "name": ["dense"],
        "series": ["Dense"],
        "network": ["lenet5"],
        "method": ["dense"],
        "ratio": [0.0],
        "sparsity": [0.0],
        "retrained": [False],
        "scope": [None],
        "seed": [0],
    }
)


def _rows(*differences: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "column": ["clean"] * len(differences),
            "position": [0] * len(differences),
            "series": ["Magnitude"] * len(differences),
            "ratio": [i / 10 for i in range(len(differences))],
            "ratio_label": [f"{i}0 %" for i in range(len(differences))],
            "name": [f"m{i}" for i in range(len(differences))],
            "accuracy": [0.9] * len(differences),
            "overall": [0.9] * len(differences),
            "difference": differences,
            "samples": [20] * len(differences),
            "seeds": [1] * len(differences),
            "tests": [1] * len(differences),
            "p": [0.01] * len(differences),
        }
    )


def counts(*rows: tuple[int, int, int, int]) -> pl.DataFrame:
    """Rows of model, condition, correct, samples."""
    return pl.DataFrame(
        rows, schema=["model_id", "condition_id", "correct", "samples"], orient="row"
    )


def compared(
    subset: pl.DataFrame,
    everything: pl.DataFrame,
    models: pl.DataFrame = MODELS,
    conditions: pl.DataFrame = CONDITIONS,
    *,
    severity: int = MEAN_SEVERITY,
) -> pl.DataFrame:
    frames = (
        accuracy_by_corruption(one, models, conditions, severity=severity)
        for one in (subset, everything)
    )
    return differences(*frames, subset_tests(subset, everything, conditions, severity=severity))


def test_a_class_at_95_percent_under_a_model_at_90_is_five_points_better() -> None:
    found = compared(counts((0, 0, 19, 20)), counts((0, 0, 90, 100))).row(0, named=True)
    assert 100 * found["difference"] == pytest.approx(5)
    assert found["p"] == pytest.approx(fisher_exact([[19, 1], [71, 9]]).pvalue)
    assert found["samples"] == 20


def test_chance_is_what_random_draws_of_as_many_samples_give() -> None:
    # 3 of 5 right where 90 of 100 are lies 2.3 standard errors below: "beyond chance" by the
    # normal approximation, and yet one draw in thirteen is as uneven
    rng = np.random.default_rng(0)
    draws = rng.hypergeometric(90, 10, 5, size=100_000)
    found = compared(counts((0, 0, 3, 5)), counts((0, 0, 90, 100)))["p"][0]
    assert found == pytest.approx((draws <= 3).mean(), abs=0.004)
    assert found > 0.05


def test_all_samples_are_no_subset() -> None:
    assert compared(counts((0, 0, 90, 100)), counts((0, 0, 90, 100)))["p"].to_list() == [1.0]


SEVERITIES = pl.DataFrame(
    {
        "condition_id": [0, 1, 2],
        "corruption": ["clean", "fog", "fog"],
        "category": ["clean", "weather", "weather"],
        "severity": [0, 1, 3],
    }
)
SEEDS = pl.concat(
    [MODELS, MODELS.with_columns(model_id=pl.lit(1, pl.Int64), name=pl.lit("b"), seed=1)],
    how="vertical_relaxed",
)
WHOLE = counts(*((m, c, 700, 1000) for m in (0, 1) for c in (0, 1, 2)))
PART = counts(
    (0, 0, 40, 50), (0, 1, 30, 50), (0, 2, 22, 50), (1, 0, 36, 50), (1, 1, 33, 50), (1, 2, 37, 50),
)  # fmt: skip


def exact(correct: int) -> float:
    table = [[correct, 50 - correct], [700 - correct, 250 + correct]]
    return float(fisher_exact(table).pvalue)


def test_each_model_and_condition_has_its_own_exact_test() -> None:
    assert subset_tests(PART, WHOLE, SEVERITIES).rows() == [
        (0, "clean", pytest.approx(exact(40)), 1),
        (0, "fog", pytest.approx(exact(22)), 2),
        (1, "clean", pytest.approx(exact(36)), 1),
        (1, "fog", pytest.approx(min(exact(33), exact(37))), 2),
    ]
    assert subset_tests(PART, WHOLE, SEVERITIES, severity=1).filter(column="fog").rows() == [
        (0, "fog", pytest.approx(exact(30)), 1),
        (1, "fog", pytest.approx(exact(33)), 1),
    ]


def test_a_bar_over_seeds_and_severities_counts_its_tests() -> None:
    # adding up the counts would take the same 50 images for 200
    found = compared(PART, WHOLE, SEEDS, SEVERITIES)
    assert found.select("column", "seeds", "tests").rows() == [("clean", 2, 2), ("fog", 2, 4)]
    clean, fog = 2 * exact(40), 4 * exact(22)
    assert fog < clean
    assert found["p"].to_list() == pytest.approx([clean, 2 * fog])
    assert "smallest of their p-values times their number" in difference_note(found, None)


def test_bars_are_corrected_over_the_picture() -> None:
    many = pl.concat(
        MODELS.with_columns(model_id=pl.lit(i, pl.Int64), method=pl.lit("magnitude"), ratio=i / 20)
        for i in range(20)
    )
    part = counts(*((i, 0, 22 if i else 10, 30) for i in range(20)))
    whole = counts(*((i, 0, 900, 1000) for i in range(20)))
    found = compared(part, whole, many).sort("ratio")
    single = fisher_exact([[22, 8], [878, 92]]).pvalue
    assert single < 0.05
    assert found["p"].to_list()[1:] == pytest.approx([min(1.0, 19 * single)] * 19)
    assert difference_table(found)["significant"].to_list() == ["yes", *["no"] * 19]
    assert "Holm's correction over 20 tests, 5 % level" in difference_note(found, None)
    assert "several severities" not in difference_note(found, None)


def test_samples_that_the_models_chose_are_not_tested() -> None:
    frames = (accuracy_by_corruption(one, SEEDS, SEVERITIES) for one in (PART, WHOLE))
    found = differences(*frames, None)
    assert found["p"].null_count() == found.height == 2
    table = difference_table(found, "chosen by this; no test")
    assert table["significant"].to_list() == ["chosen by this; no test"] * 2
    assert table["p"].to_list() == ["–"] * 2
    note = difference_note(found, "chosen by this; no test")
    assert note == "Significance: chosen by this; no test."


def test_better_goes_up_and_worse_goes_down_as_far() -> None:
    better, worse = difference_table(_rows(0.05, -0.05)).to_dicts()
    assert better["tip"] - better["base"] == pytest.approx(worse["base"] - worse["tip"])
    assert better["tip"] > better["base"]
    assert (better["direction"], worse["direction"]) == (BETTER, WORSE)
    assert (better["points"], worse["points"]) == pytest.approx((5, -5))


def test_a_degenerate_model_does_not_flatten_the_others() -> None:
    rows = _rows(*[0.02] * 19, -0.9)
    assert difference_limit(rows) == pytest.approx(0.024)
    degenerate = difference_table(rows).row(-1, named=True)
    assert degenerate["base"] - degenerate["tip"] == pytest.approx(FULL / 2)
    assert degenerate["points"] == pytest.approx(-90)


def test_the_scale_ends_at_a_hundred_points() -> None:
    assert difference_limit(_rows(*[0.99] * 5)) == 1


def test_the_first_series_stands_on_top() -> None:
    rows = pl.concat(
        _rows(0.1).with_columns(series=pl.lit(name)) for name in ("Dense", "Magnitude", "Random")
    )
    table = difference_table(rows).select("series", "base")
    assert table.rows() == [("Dense", 2.5), ("Magnitude", 1.5), ("Random", 0.5)]


def test_nothing_to_compare_gives_an_empty_table() -> None:
    empty = difference_table(_rows(0.1).clear())
    assert empty.is_empty()
    assert empty.schema == difference_table(_rows(0.1)).schema
