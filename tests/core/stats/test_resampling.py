from __future__ import annotations

import numpy as np
import pytest

from core.stats import bootstrap, resampling
from core.stats.resampling import drawn_counts, resampled_sums


def test_each_resample_draws_as_many_images_as_there_are(monkeypatch):
    monkeypatch.setattr(resampling, "_AT_ONCE", 700)
    blocks = list(drawn_counts(50, resamples=100, seed=3))
    assert [block.shape for block in blocks] == [(14, 50)] * 7 + [(2, 50)]
    counts = np.concatenate(blocks)
    assert (counts.sum(axis=1) == 50).all()
    assert np.abs(counts.mean(axis=0) - 1).max() < 0.5
    assert counts.var() == pytest.approx(1 - 1 / 50, rel=0.05)  # binomial


def test_sums_are_those_of_the_drawn_images():
    values = np.arange(30).reshape(10, 3)
    counts = np.concatenate(list(drawn_counts(10, resamples=5, seed=1)))
    expected = [np.repeat(values, one.astype(int), axis=0).sum(axis=0) for one in counts]
    assert (resampled_sums(values, resamples=5, seed=1) == expected).all()


def test_means_spread_as_the_standard_error():
    values = np.random.default_rng(0).normal(size=(400, 2))
    means = resampled_sums(values, resamples=2000) / 400
    assert means.std(axis=0) == pytest.approx(values.std(axis=0) / 20, rel=0.06)


def test_one_image_is_always_drawn():
    assert resampled_sums(np.array([[7]]), resamples=3).tolist() == [[7], [7], [7]]


def test_many_images_have_sums_that_spread_as_those_of_drawn_images():
    rng = np.random.default_rng(4)
    values = rng.binomial(5, 0.3, (bootstrap.MANY, 3))
    values[:, 1] += values[:, 0]
    values = np.concatenate([values, values[:, :1], np.ones((len(values), 1), int)], axis=1)
    found = resampled_sums(values, resamples=4000)
    counts = np.concatenate(list(drawn_counts(len(values), resamples=4000, seed=5)))
    expected = counts.astype(float) @ values
    assert (found == found.round()).all()
    assert (found[:, 3] == found[:, 0]).all()  # equal columns stay equal
    assert (found[:, 4] == len(values)).all()
    spread = expected[:, :3].std(axis=0)
    assert found.mean(axis=0)[:3] == pytest.approx(values.sum(axis=0)[:3], abs=spread.max() / 15)
    assert found[:, :3].std(axis=0) == pytest.approx(spread, rel=0.05)
    both = [np.corrcoef(one[:, :3], rowvar=False) for one in (found, expected)]
    np.testing.assert_allclose(both[0], both[1], atol=0.05)
    ends = [np.percentile(one[:, :3], [2.5, 97.5], axis=0) for one in (found, expected)]
    np.testing.assert_allclose(ends[0], ends[1], atol=0.15 * spread.max())
    thirds = resampled_sums(values / 3, resamples=50)
    assert (thirds != thirds.round()).any()
