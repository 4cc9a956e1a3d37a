from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import trim_mean

from core.stats.relative_change import relative_change, trimmed


def test_it_is_the_share_of_the_clean_value_that_is_lost():
    clean = np.array([4.0, -2.0, 0.0, np.nan])
    corrupted = np.array([[1.0, -3.0, 1.0, 1.0], [4.0, 2.0, 0.0, np.nan]])
    found = relative_change(clean, corrupted)
    expected = [[0.75, -0.5, np.nan, np.nan], [0.0, 2.0, np.nan, np.nan]]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", [199, 200, 1999, 2000])
def test_what_is_left_is_what_scipy_leaves(size):
    values = np.random.default_rng(size).standard_cauchy((5, size))
    values[0, :7] = np.nan
    left = trimmed(values)
    defined = values[~np.isnan(values)]
    assert np.nanmean(left) == pytest.approx(trim_mean(defined, 0.005))
    assert np.isfinite(left).sum() == defined.size - 2 * int(0.005 * defined.size)
    assert ((left == values) | np.isnan(left)).all()


def test_equal_values_are_removed_by_number_and_few_are_all_left():
    assert np.isnan(trimmed(np.zeros((2, 200)))).sum() == 4
    assert not np.isnan(trimmed(np.zeros(199))).any()
    assert trimmed(np.array([])).size == 0
    assert np.isnan(trimmed(np.full(500, np.nan))).all()
