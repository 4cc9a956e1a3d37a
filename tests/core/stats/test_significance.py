from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact, hypergeom, ttest_1samp

from core.stats.intervals import wilson_interval
from core.stats.significance import (
    holm_adjusted,
    hypergeometric_p_value,
    mcnemar_p_value,
    mean_p_value,
)


@given(st.integers(1, 100_000), st.data())
def test_wilson_is_that_of_scipy(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    expected = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    assert wilson_interval(successes, trials) == pytest.approx(
        (expected.low, expected.high), abs=1e-9
    )


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 5)])
def test_impossible_counts_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="expected 0 <= successes <= trials"):
        wilson_interval(successes, trials)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar_is_the_exact_binomial_test(broken: int, fixed: int) -> None:
    changed, fewer = broken + fixed, min(broken, fixed)
    tail = Fraction(sum(comb(changed, heads) for heads in range(fewer + 1)), 2**changed)
    # in whole numbers: scipy rounds the smallest p-values to 0
    assert mcnemar_p_value(broken, fixed) == pytest.approx(float(min(1, 2 * tail)), rel=1e-6)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_that_of_scipy(broken: int, fixed: int) -> None:
    expected = binomtest(fixed, broken + fixed, 0.5).pvalue if broken + fixed else 1.0
    assert mcnemar_p_value(broken, fixed) == pytest.approx(expected, rel=1e-6, abs=1e-200)


def test_mcnemar_holds_for_whole_test_sets() -> None:
    assert mcnemar_p_value(25_000, 24_000) == pytest.approx(
        binomtest(24_000, 49_000, 0.5).pvalue, rel=1e-6
    )


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_is_the_largest_step_so_far(p_values: list[float]) -> None:
    adjusted = holm_adjusted(p_values)
    for i, value in enumerate(adjusted):
        steps = []
        for j, other in enumerate(p_values):
            if (other, j) <= (p_values[i], i):
                before = sum((third, k) < (other, j) for k, third in enumerate(p_values))
                steps.append(min(1.0, (len(p_values) - before) * other))
        assert value == pytest.approx(max(steps))


@given(st.data())
def test_a_subset_is_tested_as_scipys_fisher_does(data: st.DataObject) -> None:
    samples = data.draw(st.integers(1, 600))
    drawn, right = (data.draw(st.integers(0, samples)) for _ in range(2))
    correct = data.draw(st.integers(max(0, drawn + right - samples), min(drawn, right)))
    table = [
        [correct, drawn - correct],
        [right - correct, samples - drawn - right + correct],
    ]
    found = hypergeometric_p_value(correct, drawn, right, samples)
    assert found == pytest.approx(fisher_exact(table).pvalue, rel=1e-6, abs=1e-200)


@pytest.mark.parametrize("correct", [4500, 4380, 4321, 4000, 0])
def test_a_subset_of_a_whole_test_set_is_tested_exactly(correct: int) -> None:
    right = np.arange(5001)
    chances = hypergeom(50_000, 44_000, 5000).pmf(right)
    expected = chances[chances <= chances[correct] * (1 + 1e-7)].sum()
    found = hypergeometric_p_value(correct, 5000, 44_000, 50_000)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-200)


@pytest.mark.parametrize(
    ("correct", "drawn", "right", "samples"),
    [(0, 0, 7, 10), (7, 10, 7, 10), (4, 4, 10, 10), (0, 4, 0, 10), (1, 1, 1, 2), (1, 1, 1, 1)],
)
def test_nothing_else_that_could_happen_is_no_evidence(
    correct: int, drawn: int, right: int, samples: int
) -> None:
    assert hypergeometric_p_value(correct, drawn, right, samples) == 1.0


@pytest.mark.parametrize("counts", [(3, 2, 5, 10), (1, 8, 5, 10), (0, 11, 5, 10), (-1, 2, 5, 10)])
def test_a_subset_that_cannot_be_is_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="expected a subset"):
        hypergeometric_p_value(*counts)


def test_random_subsets_are_rarely_significant() -> None:
    # an exact test calls no more than 5 % of them significant
    rng = np.random.default_rng(0)
    draws = rng.hypergeometric(980, 20, 30, size=4000)
    p_values = [hypergeometric_p_value(int(correct), 30, 980, 1000) for correct in draws]
    assert np.mean(np.array(p_values) < 0.05) <= 0.055


def test_a_mean_of_many_is_tested_nearly_as_by_student() -> None:
    values = np.random.default_rng(3).normal(0.03, 1.0, 2000)
    expected = ttest_1samp(values, 0.0).pvalue
    assert mean_p_value(values) == pytest.approx(expected, rel=0.02)
    assert mean_p_value(-values) == mean_p_value(values)


def test_a_constant_says_nothing_of_its_spread() -> None:
    assert mean_p_value(np.full(30, 0.1)) == 1.0
