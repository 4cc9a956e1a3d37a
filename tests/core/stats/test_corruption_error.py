from __future__ import annotations

import numpy as np
import pytest

from core.stats import corruption_error
from core.stats.corruption_error import CorruptionError


def mean_corruption_errors(
    wrong: np.ndarray,
    severities: np.ndarray,
    clean: np.ndarray | None = None,
    *,
    baseline: int,
) -> list[CorruptionError]:
    """One of the two measures over all corruptions."""
    everything = {"all": np.ones(wrong.shape[2], bool)}
    zeros = np.zeros(wrong.shape[:2], int)
    found = corruption_error.mean_corruption_errors(
        wrong, severities, zeros if clean is None else clean, baseline=baseline, chosen=everything
    )
    return found["all"][clean is not None]


def test_a_set_is_that_of_its_corruptions_alone():
    wrong, clean = rates(np.random.default_rng(3))
    chosen = {"one": np.array([False, True])}
    found = corruption_error.mean_corruption_errors(
        wrong, np.array([5, 5]), clean, baseline=0, chosen=chosen
    )
    alone = mean_corruption_errors(wrong[:, :, 1:], np.array([5]), baseline=0)
    assert [one.value for one in found["one"][0]] == [one.value for one in alone]
    assert found["one"][1][2].corruptions == 1


def rates(rng: np.random.Generator, images: int = 300) -> tuple[np.ndarray, np.ndarray]:
    wrong = rng.binomial(5, [[0.2, 0.3], [0.3, 0.6], [0.1, 0.1]], (images, 3, 2))
    return wrong, rng.binomial(1, [0.02, 0.06, 0.01], (images, 3))


def by_hand(
    wrong: np.ndarray, clean: np.ndarray | None, severities: tuple[int, ...]
) -> list[float]:
    values = []
    for model in range(wrong.shape[1]):
        ratios = []
        for c, severity in enumerate(severities):
            errors = [wrong[:, m, c].sum() for m in (model, 0)]
            if clean is not None:
                errors = [
                    e - severity * clean[:, m].sum()
                    for e, m in zip(errors, (model, 0), strict=True)
                ]
            ratios.append(errors[0] / errors[1])
        values.append(sum(ratios) / len(ratios))
    return values


@pytest.mark.parametrize("relative", [False, True])
def test_it_is_the_mean_of_ratios_of_sums(relative):
    wrong, clean = rates(np.random.default_rng(0))
    clean = clean if relative else None
    found = mean_corruption_errors(wrong, np.array([5, 5]), clean, baseline=0)
    assert [one.value for one in found] == pytest.approx(by_hand(wrong, clean, (5, 5)))
    assert found[0] == CorruptionError(1.0, (1.0, 1.0), 2)


@pytest.mark.parametrize("relative", [False, True])
def test_the_interval_is_that_of_images_drawn_in_a_loop(relative):
    rng = np.random.default_rng(1)
    wrong, clean = rates(rng)
    clean = clean if relative else None
    found = mean_corruption_errors(wrong, np.array([5, 5]), clean, baseline=0)
    loop = []
    for _ in range(2000):
        drawn = rng.integers(0, 300, 300)
        loop.append(by_hand(wrong[drawn], None if clean is None else clean[drawn], (5, 5)))
    for model in (1, 2):
        expected = np.percentile(np.array(loop)[:, model], [2.5, 97.5])
        assert found[model].interval == pytest.approx(
            tuple(expected), abs=0.1 * (expected[1] - expected[0])
        )


def test_a_corruption_without_an_error_of_the_baseline_has_no_ratio():
    wrong = np.zeros((20, 2, 2), int)
    wrong[:10, :, 0] = 1
    wrong[:, 1, 1] = 1
    assert mean_corruption_errors(wrong, np.array([1, 1]), baseline=0)[1].value == 1.0
    assert mean_corruption_errors(wrong, np.array([1, 1]), baseline=0)[1].corruptions == 1
    none = mean_corruption_errors(np.zeros((20, 2, 1), int), np.array([1]), baseline=0)
    assert none == [CorruptionError(None, None, 0)] * 2


def test_few_images_have_no_interval():
    found = mean_corruption_errors(np.ones((4, 2, 1), int), np.array([1]), baseline=0)
    assert found == [CorruptionError(1.0, None, 1)] * 2
