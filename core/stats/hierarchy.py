"""Order and layout of things by their distances: average linkage, spanning tree, scaling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Merge:
    """One step of a hierarchical clustering.

    Attributes:
        first: number of a cluster: below n a thing itself, n + k what step k made.
        second: number of the other one.
        distance: mean distance between their things.
    """

    first: int
    second: int
    distance: float


def average_linkage(distances: Floats) -> list[Merge]:
    """Hierarchical clustering by mean distances (UPGMA; Sokal and Michener 1958).

    Of equal distances the clusters that come first are merged first.

    Args:
        distances: (things, things), symmetric.
    """
    things = len(distances)
    between = distances.astype(np.float64).copy()
    np.fill_diagonal(between, np.inf)
    number, size = list(range(things)), np.ones(things)
    merges: list[Merge] = []
    for step in range(things - 1):
        place = np.unravel_index(int(np.argmin(between)), between.shape)
        i, j = sorted(int(one) for one in place)
        merges.append(Merge(number[i], number[j], float(between[i, j])))
        joined = (size[i] * between[i] + size[j] * between[j]) / (size[i] + size[j])
        between[i] = between[:, i] = joined
        between[j] = between[:, j] = between[i, i] = np.inf
        size[i] += size[j]
        number[i] = things + step
    return merges


def leaf_order(things: int, merges: list[Merge]) -> list[int]:
    """The things in the order of the tree's leaves; of two branches the first one comes first."""
    leaves = {i: [i] for i in range(things)}
    for step, merge in enumerate(merges):
        leaves[things + step] = leaves.pop(merge.first) + leaves.pop(merge.second)
    return [one for branch in leaves.values() for one in branch]


def spanning_tree(distances: Floats) -> list[tuple[int, int]]:
    """The edges of the shortest tree that joins all things (Prim 1957).

    Args:
        distances: (things, things), symmetric.
    """
    things = len(distances)
    if things < 2:
        return []
    nearest, source = distances[0].astype(np.float64).copy(), np.zeros(things, np.int64)
    outside = np.ones(things, bool)
    outside[0] = False
    edges = []
    for _ in range(things - 1):
        joined = int(np.argmin(np.where(outside, nearest, np.inf)))
        edges.append((int(source[joined]), joined))
        outside[joined] = False
        closer = distances[joined] < nearest
        nearest = np.where(closer, distances[joined], nearest)
        source[closer] = joined
    return edges


def classical_scaling(distances: Floats) -> tuple[Floats, float]:
    """Places in the plane whose distances come near to those given (Torgerson 1952).

    The sign of each axis is chosen so that its largest coordinate is positive.

    Args:
        distances: (things, things), symmetric.

    Returns:
        (things, 2), and the share of the positive eigenvalues that two axes hold (0 where all
        things are in one place).
    """
    things = len(distances)
    if not things:
        return np.zeros((0, 2)), 0.0
    squares = distances.astype(np.float64) ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    places = np.zeros((things, 2))
    for axis in range(min(2, things)):
        column = vectors[:, axis] * np.sqrt(values[axis])
        places[:, axis] = column if column[np.argmax(np.abs(column))] >= 0 else -column
    total = float(values.sum())
    return places, float(values[:2].sum()) / total if total > 1e-12 else 0.0
