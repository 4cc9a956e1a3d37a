from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kendalltau

from core.stats import ranking_subset
from core.stats.ranking_subset import kendall_tau, smallest_ranking_subset


def test_tau_is_that_of_scipy_ties_included(monkeypatch):
    monkeypatch.setattr(ranking_subset, "_AT_ONCE", 400)
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 8, (40, 12)) / 8
    reference = rng.integers(0, 8, 12) / 8
    expected = [kendalltau(one, reference).statistic for one in scores]
    assert kendall_tau(scores, reference) == pytest.approx(expected)
    each = rng.integers(0, 8, (40, 12)) / 8
    expected = [kendalltau(a, b).statistic for a, b in zip(scores, each, strict=True)]
    assert kendall_tau(scores, each) == pytest.approx(expected)
    assert np.isnan(kendall_tau(np.ones((1, 4)), np.arange(4.0)))


def drawn(rng: np.random.Generator, models: int, tests: int, noise: float) -> np.ndarray:
    chance = np.linspace(0.3, 0.9, models)[:, None] + noise * rng.normal(size=(models, tests))
    return rng.binomial(2, np.clip(chance, 0, 1), (150, models, tests))


@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_no_smaller_set_ranks_as_well_and_no_other_of_its_size_better(noise):
    right = drawn(np.random.default_rng(1), 10, 6, noise)
    versions = np.full(6, 2)
    found = smallest_ranking_subset(right, versions)
    accuracy = right.sum(axis=0) / 300

    def tau(chosen: tuple[int, ...]) -> float:
        mean = accuracy[:, list(chosen)].mean(axis=1).round(9)
        return kendalltau(mean, accuracy.mean(axis=1).round(9)).statistic

    sets = [one for size in range(1, 6) for one in combinations(range(6), size)]
    enough = [one for one in sets if tau(one) >= 0.95]
    assert enough
    assert len(found.chosen) == len(enough[0])
    same = [tau(one) for one in sets if len(one) == len(found.chosen)]
    assert found.tau == pytest.approx(tau(found.chosen)) == pytest.approx(max(same))
    assert found.exhaustive
    assert found.interval is not None
    assert found.interval[0] <= found.interval[1] <= 1


def test_beyond_five_the_best_set_grows_until_it_suffices():
    right = drawn(np.random.default_rng(2), 30, 9, 0.4)
    found = smallest_ranking_subset(right, np.full(9, 2), enough=0.999)
    assert len(found.chosen) > 5
    assert not found.exhaustive
    assert found.tau is not None
    assert found.tau >= 0.999


def test_models_that_all_tie_have_no_ranking():
    found = smallest_ranking_subset(np.ones((9, 3, 2), int), np.array([1, 1]))
    assert (found.chosen, found.tau, found.interval) == ((), None, None)
    one = smallest_ranking_subset(np.ones((9, 1, 2), int), np.array([1, 1]))
    assert one.tau is None


def test_one_test_ranks_as_itself():
    right = np.arange(12).reshape(3, 4, 1)
    found = smallest_ranking_subset(right, np.array([12]))
    assert (found.chosen, found.tau, found.interval) == ((0,), 1.0, None)
