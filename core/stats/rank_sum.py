"""Whether the values of some samples are larger than those of the others: a test of ranks."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

LEAST_OF_EACH = 10
"""From here on a p-value above 0.005 is 0.97 to 1.4 times the exact one."""


def rank_sum_p_value(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Two-sided test that neither of two groups tends to larger values (Mann and Whitney 1947).

    By the normal distribution of the rank sum, with the corrections for ties and for continuity.

    Args:
        first: values of one group.
        second: values of the other.

    Returns:
        The p-value, 1 where all values are equal; None for fewer than LEAST_OF_EACH in a group.
    """
    sizes = first.size, second.size
    if min(sizes) < LEAST_OF_EACH:
        return None
    count = sum(sizes)
    _, places, ties = np.unique(
        np.concatenate([first, second]), return_inverse=True, return_counts=True
    )
    mean_ranks = np.cumsum(ties) - (ties - 1) / 2
    larger = float(mean_ranks[places[: sizes[0]]].sum()) - sizes[0] * (sizes[0] + 1) / 2
    tied = float((ties.astype(np.float64) ** 3 - ties).sum()) / (count * (count - 1))
    variance = sizes[0] * sizes[1] / 12 * (count + 1 - tied)
    if variance <= 0:
        return 1.0
    away = max(0.0, abs(larger - sizes[0] * sizes[1] / 2) - 0.5)
    return erfc(away / sqrt(2 * variance))
