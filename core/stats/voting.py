"""Votes of several models on the same images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.stats.logit_gap import LogitInputs, logits

Floats = NDArray[np.float64]
Classes = NDArray[np.int64]


def majority_vote(predictions: Classes, confidence: Floats, classes: int) -> Classes:
    """The class that most models predict; of equally many votes the one with more confidence.

    Args:
        predictions: (models, images) class ids.
        confidence: (models, images) of the predictions, 0..1; NaN counts as 0.
        classes: how many there are.

    Returns:
        (images,). Where votes and summed confidence tie, the class that comes first.
    """
    models, images = predictions.shape
    # summed confidence is below the number of models: it only decides between equal votes
    weights = 1 + np.nan_to_num(confidence) / (models + 1)
    place = predictions + classes * np.arange(images)
    sums = np.bincount(place.ravel(), weights.ravel(), minlength=images * classes)
    return np.asarray(sums.reshape(images, classes).argmax(axis=1))


def probabilities(inputs: LogitInputs) -> Floats:
    """Softmax (images, classes) of the logits that follow from geometry and classifier."""
    found = logits(inputs)
    powers = np.exp(found - found.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
