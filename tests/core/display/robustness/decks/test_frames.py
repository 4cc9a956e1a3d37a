from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from core.display.robustness.decks.choice import best_single, unlike_models
from core.display.robustness.decks.frames import ALL_ROW, MAJORITY, SOFT, deck
from core.stats.paired import paired_interval
from core.stats.significance import mcnemar_p_value
from core.store.rows import CLEAN, ModelRow
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.answered_study import FOG, answers, write_answered_study
from tests.open_study import open_study

LABELS = [i % 3 for i in range(120)]
# each of the small ones errs elsewhere: their vote makes no error
WRONG = {"a": range(10), "b": range(40, 50), "c": range(80, 90), "big": range(6), "huge": range(1)}
SIZES = {"a": 100, "b": 100, "c": 100, "big": 300, "huge": 301}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    models = [
        ModelRow(
            name=name, network="net", nonzero_parameters=SIZES[name],
            validation_accuracy=1 - len(wrong) / 120,
        )
        for name, wrong in WRONG.items()
    ]  # fmt: skip
    predictions = {
        (name, condition): answers(LABELS, list(wrong) + more)
        for name, wrong in WRONG.items()
        for condition, more in (("clean", []), ("fog-5", [100, 101]))
    }
    path = tmp_path_factory.mktemp("studies") / "decks.duckdb"
    return open_study(
        write_answered_study(path, LABELS, predictions, models=models, conditions=(CLEAN, FOG))
    )


def test_a_vote_is_compared_with_the_best_model_of_its_size(study: Study) -> None:
    found = deck(study, ["a", "b", "c"], 5, EVERYTHING, tested=True)
    assert found is not None
    assert (found.single, found.parameters, found.votes) == ("big", 300, (MAJORITY,))
    assert found.names == ("clean", ALL_ROW, "fog")
    clean, every, fog = found.rows.to_dicts()
    assert (clean["accuracy"], clean["single"]) == (1, 114 / 120)
    assert clean["best_member"] == 110 / 120
    assert fog["accuracy"] == 118 / 120
    assert (clean["low"], clean["high"]) == paired_interval(0, 6, 120)
    assert fog["difference"] == every["difference"] == pytest.approx(6 / 120)
    # three tests with the same p-value
    assert clean["p"] == pytest.approx(min(1, 3 * mcnemar_p_value(0, 6)))
    assert found.tests == 3


def test_the_single_model_may_be_one_of_the_deck(study: Study) -> None:
    found = deck(study, ["a", "big"], 5, EVERYTHING, tested=True)
    assert found is not None
    assert found.single == "huge"  # 400 parameters
    found = deck(study, ["huge", "big", "a"], 5, SampleFilter(0), tested=False)
    assert found is not None
    assert found.single == "huge"
    assert found.rows["difference"].null_count() == 0
    assert found.rows["p"].null_count() == found.rows.height
    assert found.images == 40


def test_models_that_err_elsewhere_join_one_by_one(study: Study) -> None:
    assert unlike_models(study, 3)[0] == "huge"
    assert len(set(unlike_models(study, 4))) == 4
    chosen = unlike_models(study, 3)
    # big errs on the image on which huge errs
    assert "big" not in chosen


def test_without_sizes_there_is_no_single_model(study: Study, tmp_path: Path) -> None:
    models = study.models.with_columns(nonzero_parameters=pl.lit(None, pl.Int64))
    assert best_single(models, ["a", "b"]) == (None, None)
    rows = [replace(ModelRow(name=name, network="net"), seed=i) for i, name in enumerate("ab")]
    path = write_answered_study(
        tmp_path / "a.duckdb",
        LABELS,
        {(name, "clean"): answers(LABELS, [1]) for name in "ab"},
        models=rows,
    )
    found = deck(open_study(path), ["a", "b"], 0, EVERYTHING, tested=True)
    assert found is not None
    assert found.single is None
    assert found.rows["accuracy"].to_list() == [119 / 120]
    assert found.tables["dots"].is_empty()


def test_one_model_and_no_images_are_no_deck(study: Study) -> None:
    assert deck(study, ["a"], 5, EVERYTHING, tested=True) is None
    assert deck(study, ["a", "b"], 5, SampleFilter(77), tested=True) is None


def test_the_soft_vote_of_equal_models_is_their_prediction(tmp_path: Path) -> None:
    """Rows whose angles say what is predicted: both votes agree with the single model."""
    path = tmp_path / "soft.duckdb"
    names = ("a", "b")
    write_answered_study(
        path,
        LABELS,
        {(name, "clean"): answers(LABELS, [0, 5, 7]) for name in names},
        models=[ModelRow(name=name, network="net", seed=i) for i, name in enumerate(names)],
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "UPDATE sample_metrics SET length = 3, angles = "
            "list_transform(range(3), lambda k: if(k = prediction, 20, 80))::FLOAT[3]"
        )
        connection.execute(
            "INSERT INTO classifier (model_id, class_id, weight_norm, bias) "
            "SELECT m, c, 1.0, 0.0 FROM range(2) t(m), range(3) u(c)"
        )
    found = deck(open_study(path), list(names), 0, EVERYTHING, tested=True)
    assert found is not None
    assert found.votes == (MAJORITY, SOFT)
    assert np.allclose(found.rows["accuracy"].to_numpy(), 117 / 120)
