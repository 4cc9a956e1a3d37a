"""Similarities against scikit-learn and loops over the rows."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from sklearn.metrics.pairwise import nan_euclidean_distances

from core.display.robustness.alike.similarity import (
    Things,
    by_errors,
    by_geometry,
    pairwise_distances,
    right_by_thing,
    standardised,
)
from core.store.connection import query
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter
from tests.open_study import open_study
from tests.study_file import write_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(
        write_study(tmp_path_factory.mktemp("studies") / "tiny.duckdb", sample_count=200)
    )


def correct(study: Study, model_id: int, condition_id: int) -> list[bool]:
    return study.ask(
        query,
        "SELECT correct FROM sample_metrics WHERE model_id = $m AND condition_id = $c "
        "ORDER BY sample_id",
        {"m": model_id, "c": condition_id},
    )["correct"].to_list()


@pytest.mark.parametrize("are_models", [True, False])
def test_by_errors_it_is_the_mean_kappa_of_scikit_learn(study: Study, are_models: bool) -> None:
    things = Things((3, 1, 2), (2, 1), are_models)
    found = by_errors(study, things, EVERYTHING)
    ids, others = (
        (things.model_ids, things.condition_ids)
        if are_models
        else (things.condition_ids, things.model_ids)
    )
    for i, one in enumerate(ids):
        for j, other in enumerate(ids):
            kappas = []
            for repeat in others:
                a, b = (
                    correct(study, *((x, repeat) if are_models else (repeat, x)))
                    for x in (one, other)
                )
                kappas.append(cohen_kappa_score(a, b))
            assert found.values[i, j] == pytest.approx(np.mean(kappas), abs=1e-9)
    assert found.images == 200
    assert (np.diag(found.distances) == 0).all()


def test_a_condition_that_a_model_lacks_is_left_out(study: Study) -> None:
    assert right_by_thing(study, Things((0, 1), (1, 77), True), EVERYTHING).shape == (1, 2, 200)
    assert right_by_thing(study, Things((0, 1), (1,), True), SampleFilter(2)).shape == (1, 2, 50)


def test_distances_are_those_of_scikit_learn_undefined_numbers_left_out() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(5, 40))
    values[1, :7] = values[3, 5:20] = np.nan
    # scikit-learn scales the sum up to all columns: the same mean
    expected = nan_euclidean_distances(values) / np.sqrt(40)
    np.testing.assert_allclose(pairwise_distances(values), expected, atol=1e-7)
    values[4] = np.nan
    found = pairwise_distances(values)
    assert np.isnan(found[4, :4]).all()
    assert found[4, 4] == 0


def test_each_metric_is_standardised_over_everything() -> None:
    values = np.array([[[1.0, 3.0], [5.0, 5.0]], [[5.0, np.nan], [5.0, 5.0]]])
    found = standardised(values)
    assert np.nanmean(found[:, 0]) == pytest.approx(0)
    assert np.nanstd(found[:, 0]) == pytest.approx(1)
    assert (found[:, 1] == 0).all()


def test_by_geometry_the_rows_are_compared_sample_by_sample(study: Study) -> None:
    one = by_geometry(study, Things((2,), (0, 1, 2), False), EVERYTHING)
    assert one.values.shape == (3, 3)
    rows = study.ask(
        query, "SELECT * FROM sample_metrics WHERE model_id = 2 ORDER BY condition_id, sample_id"
    )
    columns = []
    for metric in ("angle", "length", "margin"):
        value = rows[metric].cast(float).to_numpy()
        value = (value - np.nanmean(value)) / np.nanstd(value)
        columns.append(value.reshape(3, 200))
    expected = nan_euclidean_distances(np.concatenate(columns, axis=1)) / np.sqrt(600)
    np.testing.assert_allclose(one.values, expected, atol=1e-6)
    models = by_geometry(study, Things((0, 2), (1,), True), SampleFilter(1))
    assert models.images == 50
    assert models.values[0, 1] > 0
