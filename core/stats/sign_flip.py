"""The exact test of paired scores: sign flips, McNemar's test where scores are right or wrong."""

from __future__ import annotations

from math import erfc, gcd, sqrt

import numpy as np
from numpy.typing import NDArray

EXACT_UP_TO = 200
"""Images that differ; beyond, the normal approximation is within 3 % of a p-value above 0.001."""


def sign_flip_p_value(differences: NDArray[np.integer]) -> float:
    """Two-sided p-value of "both score the same", from differences of paired scores.

    Where it makes no difference which of two models an image's scores belong to, each difference
    has either sign with the same chance: the p-value is the share of all sign patterns whose sum
    is at least as far from 0 (Fisher 1935). For differences of -1, 0 and 1 it is the exact McNemar
    test; with sums over severities or seeds an image still counts once, since its versions are
    not independent.

    Args:
        differences: (images,) score of one model minus that of the other, whole numbers.
    """
    sizes = np.abs(differences[differences != 0])
    if not sizes.size:
        return 1.0
    observed = abs(int(differences.sum()))
    counts = np.bincount(sizes)
    values = np.flatnonzero(counts)
    step = gcd(*map(int, values))
    if sizes.size > EXACT_UP_TO:
        deviation = sqrt(float(counts[values] @ values.astype(np.float64) ** 2))
        # sums are 2 * step apart: half of that is the correction for continuity
        return erfc(max(observed - step, 0) / deviation / sqrt(2))
    total, reached = int(sizes.sum()) // step, observed // step
    # the sum's characteristic function is a product of cosines; its transform is the distribution
    angle = 2 * np.pi * np.arange(2 * total + 1) / (2 * total + 1)
    characteristic = np.ones_like(angle)
    for value in values:
        characteristic *= np.cos(angle * (value // step)) ** counts[value]
    chances = np.fft.ifft(characteristic).real
    tail = 2 * float(chances[reached : total + 1].sum()) if reached else 1.0
    # no tail is rarer than the one pattern and its mirror image
    return float(np.clip(tail, 2.0 ** (1 - sizes.size), 1.0))
