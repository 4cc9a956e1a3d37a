"""Tests of paired data, and their correction for how many they are."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log


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


def holm_adjusted(p_values: Sequence[float]) -> list[float]:
    """P-values after Holm's correction for how many they are (Holm 1979), in the same order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = largest
    return adjusted
