"""Accuracy of some samples against all of them: what is chance, and where bars end."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.display.evaluation.bar_frames import (
    BETTER,
    FULL,
    WORSE,
    accuracy_by_corruption,
    difference_limit,
    difference_table,
    differences,
)

CONDITIONS = pl.DataFrame(
    {"condition_id": [0], "corruption": ["clean"], "category": ["clean"], "severity": [0]}
)
MODELS = pl.DataFrame(
    {
        "model_id": [0],
        "name": ["dense"],
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
            "beyond_chance": [True] * len(differences),
        }
    )


def test_a_class_at_95_percent_under_a_model_at_90_is_five_points_better() -> None:
    subset = pl.DataFrame({"model_id": [0], "condition_id": [0], "correct": [19], "samples": [20]})
    everything = pl.DataFrame(
        {"model_id": [0], "condition_id": [0], "correct": [90], "samples": [100]}
    )
    found = differences(
        accuracy_by_corruption(subset, MODELS, CONDITIONS),
        accuracy_by_corruption(everything, MODELS, CONDITIONS),
    ).row(0, named=True)
    assert 100 * found["difference"] == pytest.approx(5)
    assert not found["beyond_chance"]
    assert found["samples"] == 20


def test_chance_is_what_random_draws_of_as_many_samples_give() -> None:
    rng = np.random.default_rng(0)
    population = np.arange(400) < 320
    draws = np.array([rng.choice(population, 60, replace=False).mean() for _ in range(4000)])
    edge = float(np.quantile(np.abs(draws - 0.8), 0.95))
    for sign, shift in ((-1, 0.02), (1, 0.02), (-1, -0.02), (1, -0.02)):
        accuracy = 0.8 + sign * (edge + shift)
        frames = [
            accuracy_by_corruption(
                pl.DataFrame(
                    {"model_id": [0], "condition_id": [0], "correct": [rate * n], "samples": [n]}
                ),
                MODELS,
                CONDITIONS,
            )
            for rate, n in ((accuracy, 60), (0.8, 400))
        ]
        assert differences(*frames)["beyond_chance"][0] is (shift > 0)


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
