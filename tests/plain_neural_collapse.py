"""Neural collapse straight from the definitions, with the whole scatter matrices."""

from __future__ import annotations

import numpy as np

from core.stats.neural_collapse import NeuralCollapse


def plain(
    features: np.ndarray, labels: np.ndarray, predictions: np.ndarray, weight: np.ndarray
) -> NeuralCollapse:
    """The measures, a sample and a pair of classes at a time."""
    x = features.astype(float)
    classes, width = weight.shape
    means = np.array([x[labels == c].mean(axis=0) for c in range(classes)])
    centred = means - means.mean(axis=0)
    within, between = np.zeros((width, width)), np.zeros((width, width))
    for row, label in zip(x, labels, strict=True):
        within += np.outer(row - means[label], row - means[label]) / len(x)
    for row in centred:
        between += np.outer(row, row) / classes
    norms = [np.sqrt((row**2).sum()) for row in centred]
    cosines = [
        centred[i] @ centred[j] / norms[i] / norms[j] for i in range(classes) for j in range(i)
    ]
    rows = weight / np.sqrt((weight**2).sum()) - centred / np.sqrt((centred**2).sum())
    nearest = [int(((means - row) ** 2).sum(axis=1).argmin()) for row in x]
    return NeuralCollapse(
        samples=len(x),
        nc1=np.trace(within) / np.trace(between),
        nc1_pinv=np.trace(within @ np.linalg.pinv(between, rcond=1e-9)) / classes,
        nc2_norms=np.std(norms) / np.mean(norms),
        nc2_cosines=np.std(cosines),
        nc3=(rows**2).sum(),
        nc4=np.mean(np.array(nearest) == predictions),
    )
