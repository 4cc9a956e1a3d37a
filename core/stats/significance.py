"""Tests of paired data and of subsets, and their correction for how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import erfc, exp, lgamma, log, sqrt

import numpy as np

LEVEL = 0.05
"""A p-value below it counts as significant."""
# Tables that are equally likely come out of sums of logarithms with a difference behind the
# eleventh digit.
_EQUAL = 1 + 1e-7


def mcnemar_p_value(broken: int, fixed: int) -> float:
    """Exact two-sided McNemar test: the chance of so uneven a split of the changed samples.

    Args:
        broken: samples right before and wrong after.
        fixed: samples wrong before and right after.

    Returns:
        The p-value of a fair coin that shows `fixed` heads in `broken + fixed` throws or
        something at least as uneven; 1 where nothing changed.
    """
    changed, fewer = broken + fixed, min(broken, fixed)
    if 2 * fewer >= changed - 1:
        return 1.0
    term = exp(
        lgamma(changed + 1) - lgamma(fewer + 1) - lgamma(changed - fewer + 1) - changed * log(2)
    )
    total = 0.0
    for heads in range(fewer, -1, -1):
        total += term
        if term < total * 1e-17:
            break
        term *= heads / (changed - heads + 1)
    return min(1.0, 2 * total)


def hypergeometric_p_value(correct: int, drawn: int, all_correct: int, samples: int) -> float:
    """Exact two-sided test of a subset against the rest: Fisher's, with hypergeometric chances.

    Args:
        correct: right ones in the subset.
        drawn: samples in the subset.
        all_correct: right ones among all samples.
        samples: all of them.

    Returns:
        The chance that as many samples, drawn at random without replacement, hold a number of
        right ones that is no likelier than `correct`; 1 where no other number is possible.

    Raises:
        ValueError: there is no such subset.
    """
    fewest, most = max(0, drawn + all_correct - samples), min(drawn, all_correct)
    if not (0 <= drawn <= samples and 0 <= all_correct <= samples and fewest <= correct <= most):
        raise ValueError(
            f"expected a subset, found {correct} right of {drawn} among {all_correct} right "
            f"of {samples}."
        )
    logs = _log_factorials(samples)
    right = np.arange(fewest, most + 1)
    chances = -(
        logs[right]
        + logs[all_correct - right]
        + logs[drawn - right]
        + logs[samples - all_correct - drawn + right]
    )
    chances = np.exp(chances - chances.max())
    no_likelier = chances <= chances[correct - fewest] * _EQUAL
    return min(1.0, float(chances[no_likelier].sum() / chances.sum()))


@lru_cache(maxsize=4)
def _log_factorials(largest: int) -> np.ndarray:
    return np.array([lgamma(number + 1) for number in range(largest + 1)])


def mean_p_value(values: np.ndarray) -> float:
    """Two-sided test that a mean is zero, by its standard error and the normal distribution.

    It holds for many values: ask it of at least 20. Where they are all equal, nobody knows their
    spread, and the p-value is 1.

    Args:
        values: (samples,) numbers, such as paired changes, at least two.
    """
    if values.min() == values.max():
        return 1.0
    error = float(values.std(ddof=1)) / sqrt(values.size)
    return erfc(abs(float(values.mean())) / error / sqrt(2))


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """P-values after Holm's correction for how many they are (Holm 1979), in the same order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = largest
    return adjusted
