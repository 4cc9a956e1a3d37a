"""Samples predicted robust and fragile, and which models judge them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core.display.local_geometry.agreement.chart import FRAGILE, ROBUST
from core.display.local_geometry.agreement.frames import (
    DRAWN_LIMIT,
    Agreement,
    agreement,
    grid_cells,
    other_models,
    pick,
    scatter_points,
)
from core.display.local_geometry.words import prediction_words
from core.store.combination import Combination
from core.store.connection import connect
from core.store.study import Study
from core.store.subsets.base import SampleFilter
from tests.study_file import MODELS, write_study


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_study(tmp_path / "tiny.duckdb")


def found_in(file: Path, model: str = "lenet5-dense", class_id: int | None = None) -> Agreement:
    reference = Combination(model, "clean")
    study = Study(connect(file), "tiny")
    return agreement(study, reference, SampleFilter(class_id))


def samples(angles: list[float], lengths: list[float]) -> pl.DataFrame:
    count = len(angles)
    return pl.DataFrame(
        {
            "sample_id": range(count),
            "angle": angles,
            "length": lengths,
            "right": [3] * count,
            "models": [4] * count,
        }
    )


def test_small_angle_and_large_length_are_robust_and_the_reverse_fragile() -> None:
    found = pick(samples([30, 80, 50, 40, 70, 55], [20, 2, 10, 18, 4, 11]), count=2)
    assert found["group"].to_list() == [ROBUST, FRAGILE, None, ROBUST, FRAGILE, None]
    assert found["share"].to_list() == [0.75] * 6


def test_angle_and_length_weigh_the_same_by_rank_not_by_unit() -> None:
    found = pick(samples([10, 20, 30], [1, 1000, 999]), count=1)
    assert found.sort("score")["sample_id"].to_list()[0] == 1


def test_no_sample_is_both_and_few_samples_are_not_picked() -> None:
    assert set(pick(samples([10, 20], [5, 6]))["group"]) == {None}
    groups = pick(samples([10, 20, 30], [5, 4, 3]))["group"].to_list()
    assert groups == [ROBUST, None, FRAGILE]


def test_beyond_the_limit_the_picked_samples_are_among_those_drawn() -> None:
    many = samples([float(i) for i in range(3000)], [1.0] * 3000)
    many = pick(many.with_columns(pl.lit("frog").alias("class")))
    kept = scatter_points(many)
    assert kept.height == DRAWN_LIMIT
    assert kept["group"].count() == 20
    assert kept.equals(scatter_points(many.sample(fraction=1, shuffle=True, seed=1)))


def test_hover_says_how_many_models_get_a_sample_right() -> None:
    rows = samples([33.33], [12.0]).with_columns(
        pl.lit("frog").alias("class"), share=0.75, group=pl.lit(ROBUST)
    )
    assert scatter_points(rows).to_dicts() == [
        {
            "sample_id": 0,
            "angle": 33.33,
            "length": 12.0,
            "share": 0.75,
            "group": ROBUST,
            "sample": "0 (frog), right under 3 of 4 models",
            "position": "angle 33.3°, length 12.0",
        }
    ]


def test_a_cell_says_what_the_model_answers() -> None:
    picked = pl.DataFrame(
        {"sample_id": [5, 7], "class": ["frog", "cat"], "group": [ROBUST, FRAGILE]}
    )
    answers = pl.DataFrame(
        {
            "model_id": [0, 0, 1, 1],
            "sample_id": [5, 7, 5, 7],
            "correct": [True, False, True, True],
            "predicted": ["frog", "dog", "frog", "cat"],
        }
    )
    models = pl.DataFrame({"model_id": [1, 0], "model": ["Random 50 %", "Dense"]})
    frog, cat = "▲ frog · 5", "■ cat · 7"
    expected = [
        (frog, 0, "Random 50 %", 0, "right", f"{frog} (predicted robust), predicted frog"),
        (frog, 0, "Dense", 1, "right", f"{frog} (predicted robust), predicted frog"),
        (cat, 1, "Random 50 %", 0, "right", f"{cat} (predicted fragile), predicted cat"),
        (cat, 1, "Dense", 1, "wrong", f"{cat} (predicted fragile), predicted dog"),
    ]
    cells = grid_cells(picked, answers, models)
    assert cells.columns == ["sample", "row", "model", "column", "answer", "words"]
    assert cells.rows() == expected


def test_neither_the_reference_nor_degenerate_models_nor_other_networks_judge() -> None:
    models = pl.DataFrame(
        {
            "model_id": range(5),
            "name": ["dense", "a", "b", "c", "elsewhere"],
            "network": ["net"] * 4 + ["other"],
            "method": ["dense", "random", "magnitude", "magnitude", "dense"],
            "ratio": [0.0, 0.5, 0.9, 0.5, 0.0],
            "retrained": [False] * 5,
            "scope": [None, *["global"] * 3, None],
            "series": ["Dense", "Random", "Magnitude", "Magnitude", "other: Dense"],
        }
    )
    predictions = pl.DataFrame({"model_id": range(5), "degenerate": [False, True] + [False] * 3})
    others, degenerate = other_models(models, "dense", predictions)
    assert (others["name"].to_list(), degenerate) == (["c", "b"], 1)
    others, degenerate = other_models(models, "a", predictions)
    assert (others["name"].to_list(), degenerate) == (["dense", "c", "b"], 0)
    others, degenerate = other_models(models, "elsewhere", predictions)
    assert (others.height, degenerate) == (0, 0)


def test_shares_are_counted_over_the_other_models(file: Path) -> None:
    found = found_in(file)
    assert (found.models, found.degenerate, found.samples, found.without_angle) == (3, 0, 40, 0)
    with duckdb.connect(str(file), read_only=True) as connection:
        expected = connection.execute(
            "SELECT sample_id, avg(correct::INT) FROM sample_metrics "
            "WHERE condition_id = 0 AND model_id > 0 GROUP BY sample_id ORDER BY sample_id"
        ).fetchall()
    assert found.points.select("sample_id", "share").rows() == [
        (sample_id, pytest.approx(share)) for sample_id, share in expected
    ]
    assert found.mean_share == pytest.approx(sum(share for _, share in expected) / 40)
    assert found.cells.height == 20 * 3
    assert found.cells["model"].unique(maintain_order=True).to_list() == [
        "Magnitude 50\u00a0%", "Magnitude 90\u00a0%", "Random 50\u00a0%"
    ]  # fmt: skip
    assert found.shown["group"].to_list() == [ROBUST] * 5 + [FRAGILE] * 5
    assert found.shown["position"].str.starts_with("angle ").all()


def test_samples_without_an_angle_are_counted(file: Path) -> None:
    found = found_in(file, model="lenet5-magnitude-0.9")
    assert (found.samples, found.without_angle) == (39, 1)


def test_a_network_of_one_model_has_no_judge(tmp_path: Path) -> None:
    found = found_in(write_study(tmp_path / "one.duckdb", models=MODELS[:1]))
    assert (found.models, found.samples, found.shares) == (0, 0, {})


def test_picked_extremes_get_a_share_and_no_interval(file: Path) -> None:
    found = replace(found_in(file), shares={ROBUST: 0.9, FRAGILE: 0.5}, mean_share=0.7)
    assert prediction_words(found) == (
        "**Predicted robust**: right under 90.0\u00a0% of the models · **Predicted fragile**: "
        "right under 50.0\u00a0% of the models · all samples 70.0\u00a0%"
    )
    assert "Too few samples" in prediction_words(replace(found, shares={}))
