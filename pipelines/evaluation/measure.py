"""From a network's answers to the rows of a shard: where every per-sample metric is computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.geometry import ClassDirections, SampleGeometry
from core.store.rows import ClassifierRows
from core.store.writing.shards import shard_rows


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
    return ClassifierRows(
        tuple(_numpy(directions.weight_norms).tolist()), tuple(_numpy(directions.bias).tolist())
    )


def _numpy(values: Any) -> NDArray[Any]:
    return values if isinstance(values, np.ndarray) else values.cpu().numpy()
