"""Anatomy of a flip: how length, angles, class norms and biases share a change of the logit gap."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

ARGUMENTS = ("length", "angles", "norms", "biases")
"""What the logits follow from: the feature's length, its angles to the class directions, the norms
of the classifier's rows, and its biases."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogitInputs:
    """What the logits of some samples under one model follow from, N samples and C classes.

    Attributes:
        length: (N,) L2 norm of the features.
        angles: (N, C) degrees to the class directions; NaN where the feature or the row is zero.
        norms: (C,) L2 norms of the classifier's rows.
        biases: (C,).
    """

    length: Floats
    angles: Floats
    norms: Floats
    biases: Floats


def logits(inputs: LogitInputs) -> Floats:
    """(N, C) logits: norm · length · cos(angle) + bias, the bias alone where there is no angle."""
    cosines: Floats = np.nan_to_num(np.cos(np.radians(inputs.angles)), nan=0.0)
    return np.asarray(inputs.norms * inputs.length[:, None] * cosines + inputs.biases)


def logit_gap(inputs: LogitInputs, labels: NDArray[np.integer]) -> Floats:
    """(N,) logit of the true class minus the largest of the others: negative where wrong.

    Args:
        inputs: of at least two classes.
        labels: (N,) true classes, 0-based.

    Raises:
        ValueError: fewer than two classes.
    """
    found = logits(inputs)
    if found.shape[1] < 2:
        raise ValueError(f"expected at least two classes, found {found.shape[1]}.")
    rows = np.arange(len(labels))
    own = found[rows, labels].copy()
    found[rows, labels] = -np.inf
    return np.asarray(own - found.max(axis=1))


def gap_shares(
    reference: LogitInputs, compared: LogitInputs, labels: NDArray[np.integer]
) -> dict[str, Floats]:
    """What each argument contributes to the change of the logit gap: its exact Shapley value.

    The gap is evaluated for all 16 mixtures of the two models' arguments. A share is the change
    that an argument makes when it is exchanged, averaged over the orders in which the four can be
    (Shapley 1953), so that shares sum to the change, an unchanged argument has none, and exchanging
    reference and compared turns all signs. The two may have different feature spaces: only scalars
    are mixed.

    Args:
        reference: before.
        compared: after, for the same samples and classes.
        labels: (N,) true classes, 0-based.

    Returns:
        (N,) by the name of the argument.
    """
    sides = (reference, compared)
    gaps = {}
    for size in range(len(ARGUMENTS) + 1):
        for exchanged in combinations(ARGUMENTS, size):
            mixed = {name: getattr(sides[name in exchanged], name) for name in ARGUMENTS}
            gaps[frozenset(exchanged)] = logit_gap(LogitInputs(**mixed), labels)
    return {name: _shapley(name, gaps) for name in ARGUMENTS}


def _shapley(name: str, gaps: dict[frozenset[str], Floats]) -> Floats:
    count = len(ARGUMENTS)
    others = [one for one in ARGUMENTS if one != name]
    share = np.zeros_like(gaps[frozenset()])
    for size in range(count):
        weight = factorial(size) * factorial(count - size - 1) / factorial(count)
        for before in combinations(others, size):
            share += weight * (gaps[frozenset((*before, name))] - gaps[frozenset(before)])
    return share
