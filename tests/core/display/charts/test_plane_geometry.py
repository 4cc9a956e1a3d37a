"""Features and decision regions in the plane, against the network's own and brute force."""

from __future__ import annotations

import numpy as np
import pytest

from core.display.charts.plane_geometry import (
    angle_arc,
    decision_regions,
    nearest_boundary,
    solved_features,
)
from core.geometry import sample_geometry

BOX = (-4.0, 6.0, -5.0, 3.0)


def layer(seed: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(classes, 2)), rng.normal(size=classes)


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
def test_features_follow_from_length_and_angles_as_they_are_stored(classes: int) -> None:
    weight, bias = layer(classes, classes)
    weight[0] *= 1e-3
    features = np.random.default_rng(1).normal(size=(1_200, 2)) * 9
    features[7] = 0
    labels = np.zeros(1_200, np.int64)
    stored = sample_geometry(features.astype(np.float32), weight, bias, labels)
    found = solved_features(
        stored.length.astype(np.float64), stored.angles.astype(np.float64), weight
    )
    np.testing.assert_allclose(found, features.astype(np.float32), atol=2e-5)
    assert found[7].tolist() == [0, 0]


def test_a_zero_row_gives_no_direction_and_the_others_suffice() -> None:
    weight = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 2.0]])
    features = np.array([[3.0, -4.0], [0.0, 0.0]])
    stored = sample_geometry(features, weight, None, np.array([0, 0]))
    np.testing.assert_allclose(
        solved_features(stored.length, stored.angles, weight), features, atol=1e-12
    )


def test_parallel_directions_leave_two_solutions_and_none_is_given() -> None:
    weight = np.array([[1.0, 0.0], [-2.0, 0.0]])
    stored = sample_geometry(np.array([[3.0, 4.0], [0.0, 0.0]]), weight, None, np.array([0, 0]))
    found = solved_features(stored.length, stored.angles, weight)
    assert np.isnan(found[0]).all()
    assert found[1].tolist() == [0, 0]


def inside(polygon: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Whether points lie within a convex polygon whose corners come anticlockwise."""
    if not len(polygon):
        return np.zeros(len(points), bool)
    sides = np.roll(polygon, -1, axis=0) - polygon
    relative = points[:, None, :] - polygon[None]
    cross = sides[:, 0] * relative[:, :, 1] - sides[:, 1] * relative[:, :, 0]
    return (cross >= -1e-9).all(axis=1)


@pytest.mark.parametrize("classes", [2, 3, 10, 60])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_regions_are_where_a_grid_is_predicted(classes: int, seed: int) -> None:
    weight, bias = layer(seed, classes)
    x, y = np.meshgrid(np.linspace(-4, 6, 97), np.linspace(-5, 3, 89))
    grid = np.column_stack([x.ravel(), y.ravel()])
    logits = grid @ weight.T + bias
    top = np.sort(logits, axis=1)
    clear = top[:, -1] - top[:, -2] > 1e-6  # not on a boundary
    regions = decision_regions(weight, bias, BOX)
    assert len(regions) == classes
    for class_id, region in enumerate(regions):
        np.testing.assert_array_equal(
            inside(region, grid)[clear], (logits.argmax(axis=1) == class_id)[clear]
        )


def test_equal_rows_give_their_region_to_the_larger_bias_or_the_first() -> None:
    weight = np.array([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])
    sizes = [len(one) for one in decision_regions(weight, np.array([0.0, 0.0, 0.0]), BOX)]
    assert sizes == [4, 0, 4]
    sizes = [len(one) for one in decision_regions(weight, np.array([0.0, 0.1, 0.0]), BOX)]
    assert sizes == [0, 4, 4]
    everywhere = decision_regions(np.zeros((2, 2)), np.zeros(2), BOX)
    assert everywhere[0].tolist() == [[-4, -5], [6, -5], [6, 3], [-4, 3]]
    assert len(everywhere[1]) == 0


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_boundary_is_as_far_away_as_the_margin(seed: int) -> None:
    weight, bias = layer(seed, 10)
    weight[4] = weight[3]
    bias[4] = bias[3]
    features = np.random.default_rng(seed).normal(size=(50, 2)) * 3
    margins = np.abs(sample_geometry(features, weight, bias, np.zeros(50, np.int64)).margin)
    for feature, margin in zip(features, margins, strict=True):
        point = nearest_boundary(feature, weight, bias)
        assert point is not None
        assert np.linalg.norm(point - feature) == pytest.approx(margin, abs=1e-9)
        logits = np.delete(weight @ point + bias, 4)  # a tie of the prediction with another class
        assert np.sort(logits)[-1] == pytest.approx(np.sort(logits)[-2], abs=1e-9)
    assert nearest_boundary(features[0], np.ones((2, 2)), np.zeros(2)) is None


def test_the_arc_goes_the_shorter_way_round() -> None:
    arc = angle_arc(np.array([-1.0, -0.1]), np.array([-1.0, 0.1]), radius=2, points=5)
    np.testing.assert_allclose(np.linalg.norm(arc, axis=1), 2)
    assert (arc[:, 0] < -1.9).all()
    np.testing.assert_allclose(arc[-1], 2 * np.array([-1.0, -0.1]) / np.hypot(1, 0.1))
