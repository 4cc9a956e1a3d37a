"""The rank-sum test against SciPy, with ties and where it says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from core.stats.rank_sum import LEAST_OF_EACH, rank_sum_p_value


@pytest.mark.parametrize("digits", [0, 1, 6])
@pytest.mark.parametrize("sizes", [(10, 11), (20, 300), (500, 40)])
@pytest.mark.parametrize("shift", [0.0, 0.6])
def test_p_values_are_scipys_ties_included(
    digits: int, sizes: tuple[int, int], shift: float
) -> None:
    rng = np.random.default_rng(0)
    first = np.round(rng.normal(size=sizes[0]) + shift, digits)
    second = np.round(rng.normal(size=sizes[1]), digits)
    expected = mannwhitneyu(first, second, method="asymptotic").pvalue
    assert rank_sum_p_value(first, second) == pytest.approx(expected, rel=1e-9)
    assert rank_sum_p_value(second, first) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("others", [LEAST_OF_EACH, 200])
def test_from_the_least_size_on_it_is_near_the_exact_test(others: int) -> None:
    rng = np.random.default_rng(1)
    ratios = []
    for _ in range(200):
        first, second = rng.normal(size=LEAST_OF_EACH) + 0.9, rng.normal(size=others)
        exact = mannwhitneyu(first, second, method="exact").pvalue
        if exact > 0.005:
            ratios.append((rank_sum_p_value(first, second) or 0.0) / exact)
    assert len(ratios) > 100
    assert min(ratios) >= 0.97
    assert max(ratios) <= 1.41


def test_few_values_have_no_test_and_equal_ones_no_difference() -> None:
    assert rank_sum_p_value(np.arange(9.0), np.arange(100.0)) is None
    assert rank_sum_p_value(np.arange(100.0), np.zeros(0)) is None
    assert rank_sum_p_value(np.ones(20), np.ones(30)) == 1.0
