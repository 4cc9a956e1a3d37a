"""Predictors of robustness and flips against scipy and scikit-learn."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from core.display.robustness.predictors.frames import (
    DISTANCE,
    PREDICTORS,
    SIGNS,
    flip_predictors,
    robustness_predictors,
)
from core.store.connection import query
from core.store.rows import ModelRow
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.answered_study import answers, write_answered_study
from tests.open_study import open_study
from tests.study_file import write_study

ALL = (0, 1, 2, 3)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(
        write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb", sample_count=200)
    )


@pytest.fixture(scope="module")
def rows(study: Study) -> pl.DataFrame:
    return study.ask(query, "SELECT * FROM sample_metrics")


def value(found: pl.DataFrame, **keys: object) -> dict[str, object]:
    (row,) = found.filter(**keys).to_dicts()
    return row


@pytest.mark.parametrize("class_id", [None, 2])
def test_correlations_are_those_of_scipy(
    study: Study, rows: pl.DataFrame, class_id: int | None
) -> None:
    found = robustness_predictors(study, ALL, SampleFilter(class_id), True).rows
    kept = rows if class_id is None else rows.filter(pl.col("label") == class_id)
    assert found.height == len(ALL) * len(PREDICTORS) * 2
    compared = 0
    for model_id in ALL:
        of_model = kept.filter(pl.col("model_id") == model_id)
        corrupted = of_model.filter(pl.col("condition_id") > 0)
        robustness = corrupted.group_by("sample_id").agg(share=pl.col("correct").mean())
        clean = of_model.filter(pl.col("condition_id") == 0).join(robustness, on="sample_id")
        for name in PREDICTORS:
            known = clean.filter(pl.col(name).is_not_null())
            x, y = known[name].to_numpy(), known["share"].to_numpy()
            one = {"model_id": model_id, "predictor": name}
            row = value(found, **one, measure="Pearson")
            assert row["undefined"] == clean.height - known.height
            if known.height < 2 or y.min() == y.max():
                assert row["value"] is None
                continue
            compared += 1
            expected = stats.pearsonr(x.astype(float), y).statistic
            assert row["value"] == pytest.approx(expected, abs=1e-9)
            ranked = value(found, **one, measure="Spearman")["value"]
            assert ranked == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-9)
            assert row["low"] < row["value"] < row["high"]
    assert compared > 8


def test_areas_are_those_of_scikit_learn(study: Study, rows: pl.DataFrame) -> None:
    found = flip_predictors(study, ALL, EVERYTHING, True).rows
    assert sorted(found["model_id"].unique()) == [1, 2, 3]
    clean = rows.filter(pl.col("condition_id") == 0)
    dense = clean.filter(pl.col("model_id") == 0).sort("sample_id")
    dense = dense.with_columns(pl.col("margin").abs().alias(DISTANCE))
    for model_id in (1, 2, 3):
        pruned = clean.filter(pl.col("model_id") == model_id).sort("sample_id")
        flipped = (pruned["prediction"] != dense["prediction"]).to_numpy()
        for name, sign in SIGNS.items():
            known = dense[name].is_not_null().to_numpy()
            row = value(found, model_id=model_id, predictor=name)
            expected = roc_auc_score(flipped[known], sign * dense[name].to_numpy()[known])
            assert row["value"] == pytest.approx(expected, abs=1e-9)
            assert (row["samples"], row["outcome"]) == (known.sum(), flipped[known].sum())


def test_without_tests_there_are_no_intervals(study: Study) -> None:
    found = robustness_predictors(study, ALL, EVERYTHING, False)
    assert found.rows["low"].null_count() == found.rows.height
    assert found.tables["dots"]["fill"].sum() == 0
    assert found.tables["dots"]["words"].str.ends_with("(no interval)").all()


def test_rows_stand_dense_first_then_by_series_and_sparsity(study: Study) -> None:
    found = robustness_predictors(study, (3, 2, 1, 0), EVERYTHING, True)
    models = [name.replace("\N{NO-BREAK SPACE}", " ") for name in found.models]
    assert models == ["Dense", "Magnitude 50 %", "Magnitude 90 %", "Random 50 %"]
    assert list(found.colours) == ["Dense", "Magnitude", "Random"]
    assert found.panels == len(PREDICTORS)
    assert found.tables["dots"]["x"].is_between(0, found.panels).all()


def test_one_sample_has_no_numbers_to_draw(tmp_path: Path) -> None:
    one = open_study(write_study(tmp_path / "one.duckdb", sample_count=1))
    for make in (robustness_predictors, flip_predictors):
        found = make(one, ALL, EVERYTHING, True)
        assert found.rows["value"].null_count() == found.rows.height
        assert found.tables["dots"].is_empty()


def test_flips_are_other_predictions_right_or_wrong(tmp_path: Path) -> None:
    labels = [0, 1, 2] * 20
    wrong = answers(labels, range(6))
    # of the six wrong ones two are right now, two wrong in another way, two as before
    other = [labels[i] if i < 2 else (labels[i] + 2) % 3 if i < 4 else wrong[i] for i in range(60)]
    other[50] = (labels[50] + 1) % 3
    models = [
        ModelRow(name="dense", network="n", method="dense", seed=0),
        ModelRow(name="pruned", network="n", method="random", ratio=0.5, sparsity=0.5,
                 parent="dense", seed=0),
    ]  # fmt: skip
    path = write_answered_study(
        tmp_path / "s.duckdb",
        labels,
        {("dense", "clean"): wrong, ("pruned", "clean"): other},
        models=models,
    )
    found = flip_predictors(open_study(path), (0, 1), EVERYTHING, True).rows
    assert found["model_id"].unique().to_list() == [1]
    row = value(found, predictor="length")
    assert (row["samples"], row["outcome"]) == (60, 5)
    lengths = open_study(path).ask(
        query, "SELECT length FROM sample_metrics WHERE model_id = 0 ORDER BY sample_id"
    )["length"]
    flipped = [0, 1, 2, 3, 50]
    pairs = [lengths[i] < lengths[j] for i in flipped for j in range(60) if j not in flipped]
    assert row["value"] == pytest.approx(sum(pairs) / len(pairs))
