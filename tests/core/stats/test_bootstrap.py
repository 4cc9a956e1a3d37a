from __future__ import annotations

import numpy as np
import pytest

from core.stats.bootstrap import mean_interval


def test_the_interval_is_that_of_resampled_images() -> None:
    rng = np.random.default_rng(1)
    changes = rng.normal(2.0, 3.0, 400).round(1)
    values, counts = np.unique(changes, return_counts=True)
    mean, low, high = mean_interval(values, counts, resamples=4000)
    means = rng.choice(changes, size=(4000, 400)).mean(axis=1)
    assert mean == pytest.approx(changes.mean())
    assert (low, high) == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.03)


def test_it_covers_the_true_mean_about_95_times_in_100() -> None:
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(300):
        _, low, high = mean_interval(rng.exponential(1.0, 200), np.ones(200, int), resamples=400)
        hits += low <= 1.0 <= high
    assert 270 <= hits <= 297


def test_the_same_seed_gives_the_same_interval() -> None:
    arguments = np.array([1.0, 2.0, 9.0]), np.array([5, 2, 1])
    assert mean_interval(*arguments) == mean_interval(*arguments)
    assert mean_interval(*arguments) != mean_interval(*arguments, seed=1)


def test_one_image_has_no_spread_and_none_has_no_mean() -> None:
    assert mean_interval(np.array([3.0]), np.array([1])) == (3.0, 3.0, 3.0)
    with pytest.raises(ValueError, match="at least one image"):
        mean_interval(np.array([3.0]), np.array([0]))
