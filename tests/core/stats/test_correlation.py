from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.stats.correlation import Correlation, pearson, spearman

FUNCTIONS = {pearson: stats.pearsonr, spearman: stats.spearmanr}


def correlated(rng: np.random.Generator, samples: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=samples)
    y = 0.8 * x + 0.6 * rng.normal(size=samples)
    if kind == "tied":  # as robustness is: a share of a few versions
        return x, np.clip(np.round(4 + 3 * y), 0, 10) / 10
    if kind == "skewed":
        return np.exp(x / 2), y + y**3 / 10
    return x, y


@pytest.mark.parametrize("kind", ["normal", "tied", "skewed"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_value_is_that_of_scipy(function, kind):
    x, y = correlated(np.random.default_rng(0), 300, kind)
    assert function(x, y).value == pytest.approx(FUNCTIONS[function](x, y).statistic, abs=1e-12)
    assert function(x, y).samples == 300


@pytest.mark.parametrize("kind", ["normal", "tied", "skewed"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_interval_has_the_width_of_a_bootstrap_over_samples(function, kind):
    rng = np.random.default_rng(1)
    x, y = correlated(rng, 1500, kind)
    values = []
    for _ in range(1500):
        drawn = rng.integers(0, x.size, x.size)
        values.append(np.arctanh(FUNCTIONS[function](x[drawn], y[drawn]).statistic))
    low, high = function(x, y).interval
    width = np.arctanh(high) - np.arctanh(low)
    assert width == pytest.approx(2 * 1.96 * np.std(values), rel=0.08)


@pytest.mark.parametrize("kind", ["normal", "tied", "skewed"])
def test_pearsons_interval_is_that_of_leaving_out_each_sample(kind):
    x, y = correlated(np.random.default_rng(3), 80, kind)
    each = [
        np.arctanh(stats.pearsonr(np.delete(x, i), np.delete(y, i)).statistic) for i in range(80)
    ]
    error = np.sqrt(79 / 80 * np.sum((each - np.mean(each)) ** 2))
    middle = np.arctanh(stats.pearsonr(x, y).statistic)
    expected = np.tanh([middle - 1.95996 * error, middle + 1.95996 * error])
    assert pearson(x, y).interval == pytest.approx(tuple(expected), rel=1e-5)


def test_a_correlation_that_hangs_on_one_sample_has_no_interval():
    x, y = np.zeros(20), np.random.default_rng(4).normal(size=20)
    x[3] = 1.0
    assert pearson(x, y) == Correlation(pytest.approx(stats.pearsonr(x, y).statistic), 20, None)
    on_a_line = np.arange(20.0)
    bent = on_a_line.copy()
    bent[7] = 50.0
    assert pearson(on_a_line, bent).interval is None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_interval_covers_the_true_value_about_95_times_in_100(function):
    rng = np.random.default_rng(2)
    true = 0.8 if function is pearson else 6 / np.pi * np.arcsin(0.4)
    hits = 0
    for _ in range(1500):
        low, high = function(*correlated(rng, 200, "normal")).interval
        hits += low <= true <= high
    assert 0.925 <= hits / 1500 <= 0.97


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_does_not_vary_has_no_correlation(function):
    x, constant = np.arange(9.0), np.full(9, 0.5)
    assert function(x, constant) == function(constant, x) == Correlation(None, 9, None)
    assert function(x[:1], x[:1]) == Correlation(None, 1, None)
    assert function(x[:0], x[:0]) == Correlation(None, 0, None)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_perfect_correlation_and_few_samples_have_no_interval(function):
    x = np.arange(9.0)
    assert function(x, -2 * x) == Correlation(pytest.approx(-1), 9, None)
    few = function(x[:4], np.array([0.0, 2.0, 1.0, 3.0]))
    assert few == Correlation(pytest.approx(0.8), 4, None)
