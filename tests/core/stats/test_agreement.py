from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from core.stats.agreement import consistency_interval, error_consistency


def test_it_is_cohens_kappa_of_right_and_wrong():
    rng = np.random.default_rng(0)
    right = (rng.random((5, 300)) < [[0.9], [0.8], [0.7], [0.5], [0.2]]).astype(int)
    right[1] = np.where(rng.random(300) < 0.7, right[0], right[1])
    found = error_consistency(right)
    for i in range(5):
        for j in range(5):
            expected = cohen_kappa_score(right[i], right[j])
            assert found[i, j] == pytest.approx(expected, abs=1e-9)


def test_by_hand():
    # both right 4, only the first 1, only the second 1, both wrong 2: o = 6/8, e = 34/64
    one = np.array([1, 1, 1, 1, 1, 0, 0, 0])
    other = np.array([1, 1, 1, 1, 0, 1, 0, 0])
    expected = (6 / 8 - 34 / 64) / (1 - 34 / 64)
    assert error_consistency(np.stack([one, other]))[0, 1] == pytest.approx(expected)
    opposite = error_consistency(np.array([[1, 1, 0, 0], [0, 0, 1, 1]]))
    assert opposite.tolist() == [[1, -1], [-1, 1]]


def test_where_both_are_always_right_nothing_can_be_said():
    found = error_consistency(np.array([[1, 1, 1], [1, 1, 1], [0, 0, 0], [1, 0, 1]]))
    assert np.isnan(found[:2, :2]).all()
    assert np.isnan(found[2, 2])
    assert found[0, 2] == 0
    assert found[0, 3] == 0
    assert np.isnan(error_consistency(np.zeros((2, 0), int))).all()


def test_the_interval_is_that_of_images_drawn_in_a_loop():
    rng = np.random.default_rng(1)
    one = (rng.random(250) < 0.8).astype(int)
    other = np.where(rng.random(250) < 0.6, one, rng.random(250) < 0.7).astype(int)
    loop = []
    for _ in range(3000):
        drawn = rng.integers(0, 250, 250)
        loop.append(cohen_kappa_score(one[drawn], other[drawn]))
    low, high = np.percentile(loop, [2.5, 97.5])
    found = consistency_interval(one[None], other[None])
    assert found == pytest.approx((low, high), abs=0.08 * (high - low))


def test_over_conditions_it_is_the_interval_of_the_mean():
    rng = np.random.default_rng(2)
    one = (rng.random((3, 200)) < [[0.9], [0.7], [1.0]]).astype(int)
    other = np.where(rng.random((3, 200)) < 0.5, one, 1 - one)
    other[2] = 1  # without an error there is no kappa: the mean is over the other two
    loop = []
    for _ in range(1500):
        drawn = rng.integers(0, 200, 200)
        loop.append(np.mean([cohen_kappa_score(one[k, drawn], other[k, drawn]) for k in range(2)]))
    low, high = np.percentile(loop, [2.5, 97.5])
    assert consistency_interval(one, other) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_few_images_and_no_errors_have_no_interval():
    assert consistency_interval(np.array([[1, 0, 1, 0]]), np.array([[1, 0, 1, 1]])) is None
    assert consistency_interval(np.ones((2, 50), int), np.ones((2, 50), int)) is None
