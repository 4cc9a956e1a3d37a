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
    defined = np.flatnonzero(~np.isnan(result))
    removed = int(share * defined.size)
    if removed:
        known = result[defined]
        low, high = np.partition(known, [removed - 1, known.size - removed])[
            [removed - 1, known.size - removed]
        ]
        below, above = np.flatnonzero(known < low), np.flatnonzero(known > high)
        lowest, highest = np.flatnonzero(known == low), np.flatnonzero(known == high)
        result[defined[below]] = result[defined[above]] = np.nan
        result[defined[lowest[: removed - below.size]]] = np.nan
        result[defined[highest[highest.size - (removed - above.size) :]]] = np.nan
    return result.reshape(values.shape)
