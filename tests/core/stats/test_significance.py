from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.stats.intervals import wilson_interval
from core.stats.significance import holm_adjusted, mcnemar_p_value


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
