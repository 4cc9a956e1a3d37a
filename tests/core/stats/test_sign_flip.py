from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test

from core.stats import sign_flip
from core.stats.sign_flip import sign_flip_p_value


def by_enumeration(differences: list[int]) -> float:
    observed = abs(sum(differences))
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    return sum(one >= observed for one in sums) / len(sums)


@given(st.lists(st.integers(-6, 6), max_size=11))
def test_all_sign_patterns_are_counted(differences: list[int]) -> None:
    found = sign_flip_p_value(np.array(differences, dtype=np.int64))
    assert found == pytest.approx(by_enumeration(differences), abs=1e-9)


@given(st.integers(0, 150), st.integers(0, 50))
def test_right_and_wrong_alone_are_mcnemars_exact_test(fixed: int, broken: int) -> None:
    differences = np.repeat([1, -1, 0], [fixed, broken, 7])
    expected = binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    assert sign_flip_p_value(differences) == pytest.approx(expected, rel=1e-6, abs=1e-13)


def test_many_differences_agree_with_scipys_permutations() -> None:
    rng = np.random.default_rng(2)
    differences = rng.choice([-5, -2, -1, 0, 1, 2, 5], 1_500, p=[0.1, 0.1, 0.2, 0.2, 0.2, 0.1, 0.1])
    differences[:15] = 3
    expected = permutation_test(
        (differences,), np.sum, permutation_type="samples", n_resamples=20_000, rng=rng
    ).pvalue
    assert 0.01 < expected < 0.9
    assert sign_flip_p_value(differences) == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("size", [sign_flip.EXACT_UP_TO, sign_flip.EXACT_UP_TO + 1])
def test_the_approximation_goes_on_where_the_exact_value_ends(size: int) -> None:
    differences = np.tile([1, 1, -1, 2, -2, 1, -1, 1], size)[:size]
    exact, limit = sign_flip_p_value(differences), sign_flip.EXACT_UP_TO
    sign_flip.EXACT_UP_TO = 0 if size <= limit else 10_000
    try:
        other = sign_flip_p_value(differences)
    finally:
        sign_flip.EXACT_UP_TO = limit
    assert exact == pytest.approx(other, rel=0.03)


def test_nothing_that_differs_is_no_evidence() -> None:
    assert sign_flip_p_value(np.zeros(5, dtype=np.int64)) == 1.0
    assert sign_flip_p_value(np.array([], dtype=np.int64)) == 1.0
    assert sign_flip_p_value(np.array([1])) == 1.0
