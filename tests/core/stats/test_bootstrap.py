from __future__ import annotations

import numpy as np
import pytest

from core.stats.bootstrap import FEW, LEAST, MANY, MeanInterval, mean_interval


def interval(found: MeanInterval) -> tuple[float, float]:
    assert found.interval is not None
    return found.interval


def test_values_in_one_bin_still_vary() -> None:
    # one image far away puts all others into a bin, whose mean alone would halve the variance
    rng = np.random.default_rng(1)
    changes = rng.normal(0.0, 3.0, 40_000)
    changes[0] = 600.0
    means = [rng.choice(changes, size=changes.size).mean() for _ in range(800)]
    low, high = interval(mean_interval(changes, resamples=4000))
    expected = np.subtract(*np.percentile(means, [97.5, 2.5]))
    assert high - low == pytest.approx(expected, rel=0.1)


def test_the_interval_is_that_of_resampled_images() -> None:
    rng = np.random.default_rng(1)
    changes = rng.normal(2.0, 3.0, 4000)
    found = mean_interval(changes, resamples=4000)
    means = rng.choice(changes, size=(4000, changes.size)).mean(axis=1)
    assert found.mean == pytest.approx(changes.mean())
    wide = 0.08 * means.std()
    assert interval(found) == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=3 * wide)


@pytest.mark.parametrize("samples", [LEAST, 30, 200])
def test_it_is_the_percentile_bootstrap_for_few_and_for_many(samples: int) -> None:
    rng = np.random.default_rng(samples)
    changes = rng.exponential(1.0, samples)
    means = rng.choice(changes, size=(20_000, samples)).mean(axis=1)
    found = mean_interval(changes, resamples=20_000)
    assert interval(found) == pytest.approx(
        np.percentile(means, [2.5, 97.5]), abs=0.05 * means.std() * 2
    )


@pytest.mark.parametrize("kind", ["normal", "exponential", "rare"])
def test_of_many_samples_the_ends_are_those_that_drawing_comes_to(kind: str) -> None:
    rng = np.random.default_rng(3)
    values = {
        "normal": rng.normal(5.0, 2.0, MANY),
        "exponential": rng.exponential(1.0, MANY),
        "rare": (rng.random(MANY) < 0.005).astype(float),  # skewed: some 20 images of 4,000
    }[kind]
    counts = rng.multinomial(MANY, np.full(MANY, 1 / MANY), size=6000)
    means = counts @ values / MANY
    assert interval(mean_interval(values)) == pytest.approx(
        np.percentile(means, [2.5, 97.5]), abs=0.1 * means.std()
    )


def test_it_covers_the_true_mean_about_95_times_in_100() -> None:
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(300):
        low, high = interval(mean_interval(rng.exponential(1.0, 200), resamples=400))
        hits += low <= 1.0 <= high
    assert 270 <= hits <= 297


@pytest.mark.parametrize(("samples", "coverage"), [(5, 0.85), (10, 0.91), (20, 0.93)])
def test_of_few_samples_it_covers_less_often(samples: int, coverage: float) -> None:
    rng = np.random.default_rng(samples)
    hits = 0
    for _ in range(1500):
        low, high = interval(mean_interval(rng.normal(size=samples), resamples=400))
        hits += low <= 0.0 <= high
    assert hits / 1500 == pytest.approx(coverage, abs=0.03)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(7).normal(size=30)
    assert mean_interval(values) == mean_interval(values)
    assert mean_interval(values) != mean_interval(values, seed=1)


@pytest.mark.parametrize(
    ("samples", "given", "few"),
    [
        (1, False, False),
        (LEAST - 1, False, False),
        (LEAST, True, True),
        (FEW - 1, True, True),
        (FEW, True, False),
    ],
)
def test_few_samples_say_so_and_fewer_have_no_interval(
    samples: int, given: bool, few: bool
) -> None:
    found = mean_interval(np.arange(samples) / 7)
    assert (found.samples, found.interval is not None, found.few) == (samples, given, few)
    assert found.mean == pytest.approx((samples - 1) / 14)


@pytest.mark.parametrize("samples", [1, 10, 1000])
def test_a_constant_has_no_interval_however_many_samples_there_are(samples: int) -> None:
    found = mean_interval(np.full(samples, 3.1))
    assert (found.interval, found.constant, found.few) == (None, True, False)
    assert found.mean == pytest.approx(3.1)


def test_no_sample_has_no_mean() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        mean_interval(np.array([]))
