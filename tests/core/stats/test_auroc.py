from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from core.stats.auroc import Auroc, auroc


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_the_value_is_that_of_scikit_learn_ties_included(digits):
    rng = np.random.default_rng(0)
    outcome = rng.random(400) < 0.2
    scores = np.round(rng.normal(size=400) + outcome, digits)
    found = auroc(scores, outcome)
    assert found.value == pytest.approx(roc_auc_score(outcome, scores), abs=1e-12)
    assert (found.positives, found.negatives) == (outcome.sum(), (~outcome).sum())


def test_the_value_is_the_share_of_pairs_in_order():
    found = auroc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, True, False, True]))
    assert found == Auroc((1 + 0.5 + 1 + 1) / 4, 2, 2, None)


def test_the_interval_has_the_width_of_a_bootstrap_over_samples():
    rng = np.random.default_rng(1)
    outcome = rng.random(1200) < 0.1
    scores = rng.normal(size=1200) + 2 * outcome
    values = []
    for _ in range(1000):
        drawn = rng.integers(0, 1200, 1200)
        area = roc_auc_score(outcome[drawn], scores[drawn])
        values.append(np.log(area / (1 - area)))
    low, high = auroc(scores, outcome).interval
    width = np.log(high / (1 - high)) - np.log(low / (1 - low))
    assert width == pytest.approx(2 * 1.96 * np.std(values), rel=0.08)


def test_the_interval_covers_the_true_value_about_95_times_in_100():
    rng = np.random.default_rng(2)
    true = stats.norm.cdf(1.5 / np.sqrt(2))
    hits = 0
    for _ in range(400):
        outcome = np.arange(200) < 60
        low, high = auroc(rng.normal(size=200) + 1.5 * outcome, outcome).interval
        hits += low <= true <= high
    assert 368 <= hits <= 392


@pytest.mark.parametrize("outcome", [np.zeros(6, bool), np.ones(6, bool), np.zeros(0, bool)])
def test_without_both_kinds_there_is_no_area(outcome):
    found = auroc(np.arange(float(outcome.size)), outcome)
    assert (found.value, found.interval) == (None, None)


def test_what_is_told_apart_without_an_error_and_few_samples_have_no_interval():
    scores = np.arange(20.0)
    assert auroc(scores, scores >= 10) == Auroc(1.0, 10, 10, None)
    assert auroc(-scores, scores >= 10) == Auroc(0.0, 10, 10, None)
    few = auroc(scores, np.isin(scores, [3.0, 17.0]))
    assert (few.positives, few.interval) == (2, None)
    assert auroc(np.zeros(20), scores >= 10).value == 0.5
