from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import average
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from core.stats.hierarchy import (
    Merge,
    average_linkage,
    classical_scaling,
    leaf_order,
    spanning_tree,
)


def points(things: int, seed: int, axes: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(things, axes))


@pytest.mark.parametrize("things", [2, 3, 20, 45])
def test_merges_are_those_of_scipy(things):
    pairs = pdist(points(things, things))
    merges = average_linkage(squareform(pairs))
    expected = average(pairs)
    found = np.array([[*sorted((one.first, one.second)), one.distance] for one in merges])
    np.testing.assert_allclose(found, expected[:, :3])


def test_leaves_of_a_branch_stand_together():
    distances = squareform(pdist(np.array([[0.0], [10.0], [0.1], [10.2], [50.0]])))
    merges = average_linkage(distances)
    assert merges[:2] == [Merge(0, 2, pytest.approx(0.1)), Merge(1, 3, pytest.approx(0.2))]
    assert leaf_order(5, merges) == [0, 2, 1, 3, 4]


def test_equal_distances_merge_in_order_and_one_thing_has_no_tree():
    assert leaf_order(3, average_linkage(np.ones((3, 3)))) == [0, 1, 2]
    assert average_linkage(np.zeros((1, 1))) == spanning_tree(np.zeros((1, 1))) == []
    assert leaf_order(1, []) == [0]
    assert leaf_order(0, average_linkage(np.zeros((0, 0)))) == []


@pytest.mark.parametrize("things", [2, 3, 30])
def test_the_spanning_tree_is_as_short_as_that_of_scipy(things):
    distances = squareform(pdist(points(things, things)))
    edges = spanning_tree(distances)
    length = sum(distances[edge] for edge in edges)
    assert length == pytest.approx(minimum_spanning_tree(distances).sum())
    assert len({tuple(sorted(edge)) for edge in edges}) == things - 1


def test_points_of_a_plane_keep_their_distances():
    distances = squareform(pdist(points(25, 0, axes=2)))
    places, share = classical_scaling(distances)
    np.testing.assert_allclose(squareform(pdist(places)), distances, atol=1e-9)
    assert share == pytest.approx(1)


def test_of_more_axes_the_two_longest_are_kept():
    found = points(40, 1) * [5, 3, 1, 0.5, 0.1, 0.1]
    centred = found - found.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred)
    places, share = classical_scaling(squareform(pdist(found)))
    expected = centred @ axes[:2].T
    np.testing.assert_allclose(np.abs(places), np.abs(expected), atol=1e-9)
    assert share == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum())


@pytest.mark.parametrize("things", [0, 1, 2])
def test_few_things_have_places(things):
    places, share = classical_scaling(np.zeros((things, things)))
    assert places.shape == (things, 2)
    assert not places.any()
    assert share == 0
