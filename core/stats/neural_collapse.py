"""Neural collapse NC1 to NC4: how far features have shrunk to the means of their classes.

The measures are those of Papyan, Han and Donoho, "Prevalence of neural collapse during the terminal
phase of deep learning training", PNAS 117 (2020), 24652-24663, there of training data and here of
whatever features are given. With h the features of N samples, m_c the mean of class c, m the mean
of the C class means, M the C rows m_c - m and W the rows of the last layer:

- S_W is the mean over samples of (h - m_y) (h - m_y)ᵀ, S_B the mean over classes of
  (m_c - m) (m_c - m)ᵀ; with as many samples in each class these are the paper's.
- NC1, variability within classes: trace(S_W) / trace(S_B), and the paper's own
  trace(S_W pinv(S_B)) / C, which weighs each direction by how far the means lie apart along it.
- NC2, equal norms and equal angles: deviation of |m_c - m| over classes divided by its mean, and
  deviation over pairs of classes of the cosine between their m_c - m.
- NC3, self-duality: |W / |W| - M / |M||², Frobenius norms, 0 to 4.
- NC4, nearest class mean: share of samples for which the network predicts the class whose mean is
  nearest (the paper has the share of the others).

All but NC4 are 0 in full collapse, NC4 is 1. Everything is float64 in two passes over chunks of
features: class means, which take C x m numbers whatever N, then deviations from the final means.
pinv(S_B) has a rank below C, so that only projections on as many directions are summed, never an
m x m matrix: a pass costs about as much as the last layer itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]

_SAME_FEATURE = 1e-7
"""Class means that differ by less, relative to their norms, differ by the rounding of float32."""
_SAME_DIRECTION = 1e-6
"""Directions along which means are spread by less, relative to the widest one, count as none."""


@dataclass(frozen=True)
class NeuralCollapse:
    """The measures of one set of features; None where one is undefined.

    All are undefined with fewer than two classes, where a class has no sample, where a feature is
    infinite or NaN, and where all class means are equal.

    Attributes:
        samples: features that they are over.
        nc1: trace(S_W) / trace(S_B).
        nc1_pinv: trace(S_W pinv(S_B)) / C.
        nc2_norms: coefficient of variation of the norms of the centred class means.
        nc2_cosines: standard deviation of the cosines between them; undefined where one is zero,
            and always 0 with two classes.
        nc3: squared distance of normalised class means and class rows; undefined where all rows
            are zero.
        nc4: share of predictions that are the class of the nearest mean, 0..1.
    """

    samples: int
    nc1: float | None = None
    nc1_pinv: float | None = None
    nc2_norms: float | None = None
    nc2_cosines: float | None = None
    nc3: float | None = None
    nc4: float | None = None


class ClassMeans:
    """Means of the features of each class, from chunks in any order and of any size.

    Args:
        class_count: C.
        width: m, of the features.

    Attributes:
        counts: (C,) samples of each class so far.
        means: (C, m) float64, zero for a class without samples.
    """

    def __init__(self, class_count: int, width: int) -> None:
        self.counts: NDArray[np.int64] = np.zeros(class_count, dtype=np.int64)
        self.means: NDArray[np.float64] = np.zeros((class_count, width))

    def add(self, features: Floats, labels: Integers) -> None:
        """Take n more features (n, m) with their classes (n,) in 0..C-1."""
        order = np.argsort(labels, kind="stable")
        classes, starts, counts = np.unique(labels[order], return_index=True, return_counts=True)
        if not len(classes):
            return
        sums = np.add.reduceat(features[order].astype(np.float64), starts, axis=0)
        self.counts[classes] += counts
        # towards the new samples' mean: no large sum is built up that small ones vanish in
        step = sums / counts[:, None] - self.means[classes]
        self.means[classes] += step * (counts / self.counts[classes])[:, None]


def neural_collapse(
    found: ClassMeans,
    chunks: Iterable[tuple[Floats, Integers, Integers]],
    weight: Floats,
) -> NeuralCollapse:
    """The measures, from the finished means and a second pass over the same features.

    Args:
        found: means of all chunks.
        chunks: features (n, m), true classes (n,) and predicted classes (n,).
        weight: (C, m) rows of the last layer.
    """
    counts, means = found.counts, found.means
    samples, class_count = int(counts.sum()), len(counts)
    nothing = NeuralCollapse(samples)
    if class_count < 2 or not counts.all() or not np.isfinite(means).all():
        return nothing
    centre = means.mean(axis=0)
    between = means - centre
    norms = np.linalg.norm(between, axis=1)
    if norms.max() <= _SAME_FEATURE * np.linalg.norm(means, axis=1).max():
        return nothing
    _, spreads, directions = np.linalg.svd(between, full_matrices=False)
    spanned = spreads > _SAME_DIRECTION * spreads[0]
    spreads, directions = spreads[spanned], directions[spanned]
    squares, agreed = 0.0, 0
    along = np.zeros(len(spreads))
    for features, labels, predictions in chunks:
        centred = features.astype(np.float64) - centre
        # half the squared distance to each mean but for the feature's own norm, from the largest
        nearest = np.argmax(centred @ between.T - norms**2 / 2, axis=1)
        agreed += int((nearest == predictions).sum())
        centred -= between[labels]
        squares += float(np.einsum("ij,ij->", centred, centred))
        along += np.square(centred @ directions.T).sum(axis=0)
    return NeuralCollapse(
        samples,
        nc1=squares / samples / float(np.mean(norms**2)),
        nc1_pinv=float((along / samples / spreads**2).sum()),
        nc2_norms=float(norms.std() / norms.mean()),
        nc2_cosines=_spread_of_cosines(between, norms),
        nc3=_self_duality(between, weight.astype(np.float64)),
        nc4=agreed / samples,
    )


def _spread_of_cosines(between: NDArray[np.float64], norms: NDArray[np.float64]) -> float | None:
    if not norms.all():
        return None
    unit = between / norms[:, None]
    cosines = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    return float(cosines.std())


def _self_duality(between: NDArray[np.float64], weight: NDArray[np.float64]) -> float | None:
    size = np.linalg.norm(weight)
    if not size:
        return None
    return float(np.square(weight / size - between / np.linalg.norm(between)).sum())
