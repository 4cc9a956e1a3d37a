"""Uncertainty of what the pages compare."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, sqrt

Z_95 = 1.959963984540054


def wilson_interval(successes: int, trials: int, *, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a rate (Wilson 1927), 95 % by default.

    Raises:
        ValueError: no trials, or more successes than trials.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"expected 0 <= successes <= trials, found {successes} of {trials}.")
    rate = successes / trials
    centre = (rate + z * z / (2 * trials)) / (1 + z * z / trials)
    half = (
        z / (1 + z * z / trials) * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    )
    return max(0.0, centre - half), min(1.0, centre + half)


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
