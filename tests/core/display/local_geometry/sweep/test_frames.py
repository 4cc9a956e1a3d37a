"""The rows of a sparsity sweep: which models, in which order, and what their plots draw."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.display import theme
from core.display.local_geometry.sweep.frames import Sweep, sparsity_sweep
from core.display.local_geometry.sweep.row_frames import (
    first_series,
    plot_rows,
    sweep_models,
    swept_series,
)
from core.store.combination import Combination
from core.store.connection import connect
from core.store.study import Study
from core.store.subsets.base import SampleFilter
from core.store.subsets.predicates import Correctness
from tests.study_file import write_study

MODELS = pl.DataFrame(
    {
        "model_id": [0, 1, 2, 3, 4, 5, 6],
        "name": ["net-dense", "m90", "m50", "m50-1", "t50", "r30", "r99"],
        "parent": [None, *["net-dense"] * 6],
        "network": ["net"] * 7,
        "method": ["dense", "magnitude", "magnitude", "magnitude", "taylor", "random", "random"],
        "series": ["Dense", *["Magnitude"] * 3, "Taylor", "Random", "Random"],
        "ratio": [0.0, 0.9, 0.5, 0.5, 0.5, 0.3, 0.9995],
        "retrained": [False] * 7,
        "scope": [None, *["global"] * 6],
        "seed": [0, 0, 0, 1, 0, 0, 0],
    }
)
STEPS = pl.DataFrame(
    {
        "series": ["Random"] * 3,
        "row": [0] * 3,
        "step": [0, 1, 2],
        "ratio": [0.0, 0.3, 0.7],
        "panel": ["dense", "30 %", "70 %"],
        "model_id": [0, 5, 6],
        "colour": ["#8a5f2b"] * 3,
        "angle": [30.0, 40.0, 60.0],
        "length": [9.0, 8.0, 2.0],
        "accuracy": ["99 %", "80 %", "10 %"],
        "change": [None, "−19.0 points", "−89.0 points"],
    }
)
POSITIONS = pl.DataFrame(
    {
        "model_id": [5, 5],
        "sample_id": [6, 7],
        "correct": [False, True],
        "angle": [44.44, 31.0],
        "length": [7.0, 8.25],
    },
    schema_overrides={"angle": pl.Float32, "length": pl.Float32},
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(connect(write_study(tmp_path / "tiny.duckdb")), "tiny")


def swept(study: Study, condition: str = "clean", class_id: int | None = None) -> Sweep:
    return sparsity_sweep(study, ["Magnitude"], condition, SampleFilter(class_id))


def test_a_row_runs_from_the_dense_model_to_the_sparsest_with_the_first_seed() -> None:
    rows = sweep_models(MODELS, ["Random", "Magnitude"])
    assert rows.select("row", "series", "step", "model_id", "panel").rows() == [
        (0, "Random", 0, 0, "dense"),
        (0, "Random", 1, 5, "30 %"),
        (0, "Random", 2, 6, "99.95 %"),
        (1, "Magnitude", 0, 0, "dense"),
        (1, "Magnitude", 1, 2, "50 %"),
        (1, "Magnitude", 2, 1, "90 %"),
    ]


def test_no_row_starts_at_a_dense_model_that_is_not_its_parent() -> None:
    orphans = MODELS.with_columns(
        parent=pl.when(pl.col("series") == "Random").then(pl.lit("elsewhere")).otherwise("parent"),
        method=pl.col("method").replace("taylor", "multi_prize"),
    )
    rows = sweep_models(orphans, ["Magnitude", "Random", "Taylor"])
    assert rows.filter(pl.col("ratio") == 0)["series"].to_list() == ["Magnitude"]
    assert rows.filter(pl.col("series") == "Random")["step"].to_list() == [0, 1]


def test_a_subnetwork_of_random_weights_is_among_the_first() -> None:
    models = pl.DataFrame({"series": list("abcde"), "method": [*["magnitude"] * 4, "multi_prize"]})
    assert first_series(models, list("abcde")) == ["a", "b", "e"]
    assert first_series(models, list("abcd")) == ["a", "b", "c"]


def test_a_series_has_its_colour_whichever_others_are_chosen() -> None:
    both = sweep_models(MODELS, ["Random", "Magnitude"]).filter(pl.col("series") == "Random")
    alone = sweep_models(MODELS, ["Random"])
    assert both["colour"].unique().to_list() == [theme.METHOD_COLOURS["random"]]
    assert alone["colour"].to_list() == both["colour"].to_list()


def test_the_path_of_the_mean_runs_from_the_dense_model_to_the_plots_own_sparsity() -> None:
    paths = plot_rows(STEPS, POSITIONS).filter(pl.col("kind") == "path").sort("ratio", "step")
    assert paths.select("panel", "step", "angle", "length").rows() == [
        ("dense", 0, 30, 9),
        ("30 %", 0, 30, 9),
        ("30 %", 1, 40, 8),
        ("70 %", 0, 30, 9),
        ("70 %", 1, 40, 8),
        ("70 %", 2, 60, 2),
    ]


def test_each_plot_has_its_mean_with_the_accuracy_and_its_samples_in_words() -> None:
    rows = plot_rows(STEPS, POSITIONS)
    means = rows.filter(pl.col("kind") == "mean").select(
        "panel", "angle", "length", "words", "change"
    )
    assert means.rows() == STEPS.select("panel", "angle", "length", "accuracy", "change").rows()
    samples = rows.filter(pl.col("answer").is_not_null())
    # wrong ones come last and lie on top
    assert samples.select("panel", "sample_id", "answer", "words").rows() == [
        ("30 %", 7, "right", "7 (right), angle 31.0°, length 8.25"),
        ("30 %", 6, "wrong", "6 (wrong), angle 44.4°, length 7.0"),
    ]


def test_a_study_is_swept_over_the_filtered_samples(study: Study) -> None:
    assert swept_series(study) == ["Magnitude"]
    sweep = swept(study, "fog-3", class_id=1)
    assert (sweep.samples, sweep.drawn, sweep.columns, sweep.several_seeds) == (10, 10, 3, False)
    assert sweep.sample_ids["sample_id"].to_list() == list(range(1, 40, 4))
    assert sweep.means["target sparsity"].to_list() == ["dense", "50 %", "90 %"]
    expected = study.ask(
        lambda connection: connection.sql(
            "SELECT round(avg(angle::DOUBLE), 1), round(avg(length::DOUBLE), 2), "
            "round(avg(margin::DOUBLE), 2) "
            "FROM sample_metrics WHERE condition_id = 2 AND label = 1 AND model_id < 3 "
            "GROUP BY model_id ORDER BY model_id"
        ).fetchall()
    )
    means = sweep.means.select("mean angle (degrees)", "mean length", "mean margin").rows()
    assert means == [pytest.approx(row) for row in expected]
    (axes,) = sweep.axes.to_dicts()
    assert axes["angle_low"] < sweep.plots["angle"].min()
    assert axes["length_last"] < axes["length_high"], "no tick where the accuracy stands"
    assert set(sweep.plots["series"]) == {"Magnitude"}


def test_each_plot_is_compared_with_the_dense_model_on_the_same_samples(study: Study) -> None:
    sweep = swept(study, "fog-3")
    rows = study.ask(
        lambda connection: connection.sql(
            "SELECT count(*) FILTER (NOT d.correct AND m.correct), "
            "count(*) FILTER (d.correct AND NOT m.correct) "
            "FROM sample_metrics m JOIN sample_metrics d USING (condition_id, sample_id) "
            "WHERE condition_id = 2 AND d.model_id = 0 AND m.model_id IN (1, 2) "
            "GROUP BY m.model_id ORDER BY m.model_id"
        ).fetchall()
    )
    assert sweep.means.select("fixed", "broken").rows() == [(None, None), *rows]
    assert (sweep.comparisons, sweep.untested) == (2, None)
    change = sweep.plots.filter(pl.col("kind") == "mean").sort("ratio")["change"]
    assert change[0] is None
    assert change[2].endswith(f"against dense, {rows[1][0]} fixed, {rows[1][1]} broken")


def test_samples_that_a_shown_model_chose_are_not_tested(study: Study) -> None:
    right = Correctness(Combination("lenet5-magnitude-0.9", "fog-3"), correct=True)
    where = right.to_sql(study.names)
    sweep = sparsity_sweep(study, ["Magnitude"], "clean", SampleFilter(None, where), right)
    assert sweep.untested == "chosen by this; no test"
    assert sweep.means["p (Holm)"].to_list() == [None, *["chosen by this; no test"] * 2]
    assert sweep.means["95 % interval of it"].to_list() == [None] * 3
    assert not sweep.means["accuracy (95 % interval)"].str.contains("–").any()
    other = Correctness(Combination("lenet5-random-0.5", "clean"), correct=True)
    assert sparsity_sweep(study, ["Magnitude"], "clean", SampleFilter(), other).untested is None


def test_a_sample_without_an_angle_is_counted(study: Study) -> None:
    sweep = swept(study)
    assert sweep.without_angle == 1
    assert sweep.plots["answer"].count() == 3 * 40 - 1


def test_samples_that_nobody_has_leave_empty_plots(study: Study) -> None:
    sweep = swept(study, class_id=99)
    assert (sweep.samples, sweep.drawn, sweep.plots.height) == (0, 0, 0)
