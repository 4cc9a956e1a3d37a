"""Relative change of a metric by corruption, and its trimming (paper, section 7.3, figure 10)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TRIMMED = 0.005
"""Share of the values that is removed at each end."""


def relative_change(
    clean: NDArray[np.float64], corrupted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(clean - corrupted) / clean: positive where a positive metric falls.

    Args:
        clean: (images,) metric of the clean images.
        corrupted: (conditions, images) metric of their corrupted versions.

    Returns:
        (conditions, images); NaN where either is undefined or the clean one is 0.
    """
    return (clean - corrupted) / np.where(clean == 0, np.nan, clean)


def trimmed(values: NDArray[np.float64], share: float = TRIMMED) -> NDArray[np.float64]:
    """The values without the lowest and the highest share of them, NaN in their place.

    As many are removed at each end as the share of the defined values comes to, rounded down; of
    equal values at the lower limit those that come first, at the upper limit those that come last.

    Args:
        values: any shape.
        share: at each end.
    """
    result = values.ravel().copy()
    missing = np.isnan(result)
    size = result.size - int(np.count_nonzero(missing))
    removed = int(share * size)
    if removed:
        known = result if size == result.size else result[~missing]
        limits = np.partition(known, [removed - 1, size - removed])
        low, high = limits[removed - 1], limits[size - removed]
        below, above = result < low, result > high
        lowest, highest = np.flatnonzero(result == low), np.flatnonzero(result == high)
        first = removed - int(np.count_nonzero(below))
        last = removed - int(np.count_nonzero(above))
        result[below | above] = np.nan
        result[lowest[:first]] = np.nan
        result[highest[highest.size - last :]] = np.nan
    return result.reshape(values.shape)
