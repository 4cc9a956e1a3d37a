"""From a network's answers to the rows of a shard: where every per-sample metric is computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.geometry import ClassDirections, SampleGeometry
from core.store.rows import ClassifierRows
from core.store.writing.shards import MAX_CLASSES_WITH_ALL_ANGLES, shard_rows

# features of so many dimensions can be drawn as they are
WIDTH_DRAWN = 2


def measured_rows(
    geometry: SampleGeometry,
    *,
    labels: NDArray[np.integer[Any]],
    sample_ids: NDArray[np.integer[Any]],
) -> pa.Table:
    """The metrics of N samples under one combination, as `ShardWriter.append` takes them.

    Args:
        geometry: of the features, as NumPy arrays or torch tensors.
        labels: (N,) true classes.
        sample_ids: (N,).
    """
    logits = _numpy(geometry.logits).astype(np.float64)
    below = logits - logits.max(axis=1, keepdims=True)
    # the softmax at the largest logit
    confidence = 1 / np.exp(below).sum(axis=1)
    own = np.take_along_axis(below, labels[:, None].astype(np.int64), axis=1)[:, 0]
    return shard_rows(
        sample_ids=sample_ids,
        labels=labels,
        prediction=_numpy(geometry.prediction),
        confidence=confidence,
        true_probability=confidence * np.exp(own),
        length=_numpy(geometry.length),
        margin=_numpy(geometry.margin),
        angles=_numpy(geometry.angles),
    )


def classifier_rows(directions: ClassDirections) -> ClassifierRows:
    """The last layer as `write_shard` takes it."""
    weight, norms = _numpy(directions.weight), _numpy(directions.weight_norms)
    classes, width = weight.shape
    cosines = None
    if classes <= MAX_CLASSES_WITH_ALL_ANGLES:
        unit = weight / np.where(norms > 0, norms, np.nan)[:, None]
        pairs = np.clip(unit @ unit.T, -1, 1)[np.triu_indices(classes, 1)]
        cosines = tuple(None if np.isnan(one) else float(one) for one in pairs)
    return ClassifierRows(
        tuple(norms.tolist()),
        tuple(_numpy(directions.bias).tolist()),
        tuple(map(tuple, weight.tolist())) if width <= WIDTH_DRAWN else None,
        cosines,
    )


def _numpy(values: Any) -> NDArray[Any]:
    return values if isinstance(values, np.ndarray) else values.cpu().numpy()
