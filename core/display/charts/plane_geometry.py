"""Features of two dimensions from their length and angles, and decision regions in the plane.

Arithmetic is float64. A row of the weight that is zero has no direction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Low and high x, low and high y."""


def solved_features(lengths: Floats, angles: Floats, weight: Floats) -> Floats:
    """The features with these lengths and angles to the class directions.

    The projections on the unit class directions are length times cosine: linear equations, solved
    by least squares over all classes, then set to the exact length.

    Args:
        lengths: (N,) L2 norms.
        angles: (N, C) degrees, NaN where the feature or the direction is zero.
        weight: (C, 2) rows of the last layer.

    Returns:
        (N, 2); NaN where the directions don't span the plane, which leaves two solutions.
    """
    norms = np.linalg.norm(weight, axis=1)
    directed = norms > 0
    unit = weight[directed] / norms[directed, None]
    if np.linalg.matrix_rank(unit, tol=1e-6) < 2:
        return np.where(lengths[:, None] == 0, 0.0, np.full((len(lengths), 2), np.nan))
    projections = lengths[:, None] * np.cos(np.radians(angles[:, directed]))
    features = np.where(lengths[:, None] == 0, 0.0, projections) @ np.linalg.pinv(unit).T
    found = np.linalg.norm(features, axis=1)
    scale = np.divide(lengths, found, out=np.ones_like(found), where=found > 0)
    return np.asarray(features * scale[:, None])


def decision_regions(weight: Floats, bias: Floats, box: Box) -> list[Floats]:
    """Where each class has the largest logit: an intersection of half-planes, bias included.

    Args:
        weight: (C, 2).
        bias: (C,).
        box: part of the plane.

    Returns:
        For each class the corners (K, 2) of its region within the box, in order around it; no
        corners where the class is predicted nowhere in it. Of classes with equal rows and biases
        the first has the region, as the prediction is the first of equal logits.
    """
    left, right, low, high = box
    corners = np.array([[left, low], [right, low], [right, high], [left, high]])
    found = []
    for one in range(len(weight)):
        region = corners
        for other in range(len(weight)):
            normal, offset = weight[one] - weight[other], bias[one] - bias[other]
            if one == other:
                continue
            if not normal.any():
                if offset < 0 or (offset == 0 and other < one):
                    region = region[:0]
                continue
            region = _clipped(region, normal, offset)
        found.append(region)
    return found


def _clipped(polygon: Floats, normal: Floats, offset: float) -> Floats:
    """The part of a convex polygon where normal · x + offset >= 0 (Sutherland and Hodgman)."""
    kept: list[Floats] = []
    values = polygon @ normal + offset
    for i, (corner, value) in enumerate(zip(polygon, values, strict=True)):
        before, value_before = polygon[i - 1], values[i - 1]
        if (value >= 0) != (value_before >= 0):
            kept.append(before + (corner - before) * value_before / (value_before - value))
        if value >= 0:
            kept.append(corner)
    return np.array(kept) if len(kept) > 2 else np.empty((0, 2))


def nearest_boundary(feature: Floats, weight: Floats, bias: Floats) -> Floats | None:
    """The point of the predicted class's boundary that is nearest to a feature.

    Args:
        feature: (2,).
        weight: (C, 2).
        bias: (C,).

    Returns:
        (2,), as far away as the margin says; None where the class has no boundary.
    """
    logits = weight @ feature + bias
    predicted = int(np.argmax(logits))
    normals = weight[predicted] - weight
    norms = np.linalg.norm(normals, axis=1)
    bounding = norms > 0
    if not bounding.any():
        return None
    distances = np.full(len(weight), np.inf)
    distances[bounding] = (logits[predicted] - logits[bounding]) / norms[bounding]
    nearest = int(np.argmin(distances))
    return np.asarray(feature - distances[nearest] * normals[nearest] / norms[nearest])


def angle_arc(feature: Floats, direction: Floats, *, radius: float, points: int = 24) -> Floats:
    """An arc around the origin from a direction to a feature, the shorter way round.

    Returns:
        (points, 2).
    """
    start = np.arctan2(direction[1], direction[0])
    turn = np.arctan2(feature[1], feature[0]) - start
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    around = start + turn * np.linspace(0, 1, points)
    return np.asarray(radius * np.column_stack([np.cos(around), np.sin(around)]))
