"""Where a sample lies in a network's last layer: length, angles and margin.

Features X (N, m) are the input of the classifier's last linear layer, W (C, m)
and b (C,) its weight and bias, z = X Wᵀ + b the logits. The metrics are those
of "Understanding Robustness Lottery", section 5, with the bias in the margin:
without it neither its sign nor its size is right for a real network, and with
b = 0 it is the paper's equation 5.

Arithmetic is float64 whatever comes in, since arccos near 0 and 180 degrees
loses half the digits of its argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from array_api_compat import array_namespace, device

from core.errors import InputError

Array = Any
"""A NumPy array or a torch tensor."""


@dataclass(frozen=True)
class SampleGeometry:
    """The metrics of N samples under one model with C classes.

    Attributes:
        length: (N,) L2 norm of each feature.
        angles: (N, C) degrees between each feature and each class direction, 0..180;
            NaN where the feature or the class row is zero.
        angle: (N,) degrees to the own class's direction.
        margin: (N,) distance to the decision boundary of the predicted class, negative
            where the prediction is wrong; NaN if every other class row equals the
            predicted one.
        prediction: (N,) class of the largest logit, the first of equals.
        logits: (N, C) X Wᵀ + b.
    """

    length: Array
    angles: Array
    angle: Array
    margin: Array
    prediction: Array
    logits: Array


class ClassDirections:
    """A classifier's last layer, prepared to measure many batches of features.

    Args:
        weight: (C, m) class directions, C >= 2.
        bias: (C,) bias, or None for a layer without one.

    Attributes:
        weight: (C, m), float64.
        bias: (C,), float64, zeros for a layer without one.
        weight_norms: (C,) L2 norms of the rows of the weight.

    Raises:
        InputError: the shapes don't fit together.
    """

    def __init__(self, weight: Array, bias: Array | None) -> None:
        xp = array_namespace(weight)
        if weight.ndim != 2 or weight.shape[0] < 2:
            raise InputError(
                f"weight must be (classes, features) with at least 2 classes, "
                f"found shape {tuple(weight.shape)}"
            )
        if bias is not None and tuple(bias.shape) != (weight.shape[0],):
            raise InputError(
                f"bias must have one value for each of the {weight.shape[0]} classes, "
                f"found shape {tuple(bias.shape)}"
            )
        self._xp = xp
        self.weight = xp.astype(weight, xp.float64)
        zeros = xp.zeros(weight.shape[0], dtype=xp.float64, device=device(weight))
        self.bias = zeros if bias is None else xp.astype(bias, xp.float64)
        self.weight_norms = norms = xp.linalg.vector_norm(self.weight, axis=1)
        # a zero row has no direction: NaN makes every angle to it undefined
        self._directions = self.weight / xp.where(norms > 0, norms, xp.nan)[:, None]
        self._distances = self._pairwise_distances()

    def _pairwise_distances(self) -> Array:
        """‖W_i − W_j‖ for all pairs; exactly zero for equal rows, which share no boundary."""
        xp = self._xp
        # row by row from differences: the expanded square would turn equal rows into
        # tiny distances, and (C, C, m) at once does not fit for 1,000 classes
        return xp.stack(
            [
                xp.linalg.vector_norm(self.weight - self.weight[i, :][None, :], axis=1)
                for i in range(self.weight.shape[0])
            ]
        )

    def measure(self, features: Array, labels: Array) -> SampleGeometry:
        """Measure a batch.

        Args:
            features: (N, m) inputs of the last layer; the floating type in is the one out.
            labels: (N,) true classes, integers in 0..C-1.

        Returns:
            The metrics, as arrays of the kind and on the device of `features`.

        Raises:
            InputError: the shapes don't fit, or a label is no class.
        """
        xp = self._xp
        class_count, width = self.weight.shape
        if features.ndim != 2 or features.shape[1] != width:
            raise InputError(
                f"features must be (samples, {width}) to fit the weight, "
                f"found shape {tuple(features.shape)}"
            )
        if tuple(labels.shape) != (features.shape[0],):
            raise InputError(
                f"labels must have one value for each of the {features.shape[0]} samples, "
                f"found shape {tuple(labels.shape)}"
            )
        labels = xp.astype(labels, xp.int64)
        if labels.shape[0] and (int(xp.min(labels)) < 0 or int(xp.max(labels)) >= class_count):
            raise InputError(
                f"labels must be in 0..{class_count - 1}, "
                f"found {int(xp.min(labels))}..{int(xp.max(labels))}"
            )
        x = xp.astype(features, xp.float64)
        length = xp.linalg.vector_norm(x, axis=1)
        cosines = (x @ self._directions.T) / xp.where(length > 0, length, xp.nan)[:, None]
        angles = xp.acos(xp.clip(cosines, -1.0, 1.0)) * (180.0 / xp.pi)
        logits = x @ self.weight.T + self.bias
        prediction = xp.argmax(logits, axis=1)
        margin = self._margin(logits, prediction)
        margin = xp.where(prediction == labels, margin, -margin)
        out = features.dtype
        return SampleGeometry(
            length=xp.astype(length, out),
            angles=xp.astype(angles, out),
            angle=xp.astype(xp.take_along_axis(angles, labels[:, None], axis=1)[:, 0], out),
            margin=xp.astype(margin, out),
            prediction=prediction,
            logits=xp.astype(logits, out),
        )

    def _margin(self, logits: Array, prediction: Array) -> Array:
        """Distance to the nearest boundary of the predicted class, before the sign."""
        xp = self._xp
        gaps = xp.take_along_axis(logits, prediction[:, None], axis=1) - logits
        distances = xp.take(self._distances, prediction, axis=0)
        has_boundary = distances > 0
        to_boundary = xp.where(has_boundary, gaps / xp.where(has_boundary, distances, 1.0), xp.inf)
        nearest = xp.min(to_boundary, axis=1)
        return xp.where(xp.isinf(nearest), xp.nan, nearest)


def sample_geometry(
    features: Array, weight: Array, bias: Array | None, labels: Array
) -> SampleGeometry:
    """Length, angles and margin of every sample (paper, section 5.2).

    Args:
        features: (N, m) inputs of the classifier's last linear layer.
        weight: (C, m) weight of that layer.
        bias: (C,) its bias, or None.
        labels: (N,) true classes.

    Returns:
        The metrics; NumPy arrays for NumPy arrays, torch tensors on the same device
        for torch tensors.

    Raises:
        InputError: shapes that don't fit together, or a label that is no class.
    """
    return ClassDirections(weight, bias).measure(features, labels)
