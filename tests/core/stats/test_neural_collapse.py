"""Neural collapse against the definitions by loops and whole matrices, and on stated features."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from core.stats.neural_collapse import ClassMeans, NeuralCollapse, neural_collapse
from tests.plain_neural_collapse import plain


def measured(features, labels, predictions, weight, *, sizes=()):
    """The measures with the samples in chunks of these sizes and a last one of the rest."""
    ends = [*np.cumsum(sizes, dtype=int), len(labels)]
    parts = [slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    means = ClassMeans(*weight.shape)
    for part in parts:
        means.add(features[part], labels[part])
    return neural_collapse(means, ((features[p], labels[p], predictions[p]) for p in parts), weight)


def random_case(*, samples, classes, width, seed=0, offset=0.0):
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(classes), rng.integers(0, classes, samples - classes)])
    centres = rng.normal(size=(classes, width))
    features = (centres[labels] + rng.normal(size=(samples, width)) + offset).astype(np.float32)
    weight = centres + 0.3 * rng.normal(size=(classes, width))
    return features, labels, (features @ weight.T).argmax(axis=1), weight


@pytest.mark.parametrize(
    ("samples", "classes", "width", "offset"),
    [(60, 2, 5, 0), (200, 10, 3, 0), (150, 5, 40, 0), (40, 7, 60, 100), (8, 8, 4, 0)],
)
def test_random_features_measure_as_the_definitions_do(samples, classes, width, offset):
    case = random_case(samples=samples, classes=classes, width=width, offset=offset)
    found = measured(*case)
    assert astuple(found) == pytest.approx(astuple(plain(*case)), rel=1e-9, abs=1e-12)
    if samples > classes:
        assert found.nc1 > 0.1


@pytest.mark.parametrize("classes", [3, 10])
def test_collapsed_features_reach_every_limit(classes):
    # a simplex: equal norms, every two classes equally far apart, class rows in proportion
    simplex = np.eye(classes) - 1 / classes
    labels = np.repeat(np.arange(classes), 6)
    features = 3 * simplex[labels] + 5
    found = measured(features, labels, labels, 0.25 * simplex)
    assert astuple(found) == pytest.approx((6 * classes, 0, 0, 0, 0, 0, 1), abs=1e-12)
    opposite = measured(features, labels, (labels + 1) % classes, -simplex)
    assert (opposite.nc3, opposite.nc4) == (pytest.approx(4), 0)


def test_noise_around_a_simplex_gives_the_ratio_of_variances():
    classes, width, deviation = 4, 4, 0.1
    rng = np.random.default_rng(1)
    labels = np.arange(400_000) % classes
    simplex = np.eye(classes) - 1 / classes
    features = simplex[labels] + deviation * rng.normal(size=(len(labels), width))
    found = measured(features, labels, labels, simplex)
    # |m_c|² = 1 - 1/C; along each of the C - 1 directions S_B has 1/C
    assert found.nc1 == pytest.approx(width * deviation**2 / (1 - 1 / classes), rel=0.01)
    assert found.nc1_pinv == pytest.approx((classes - 1) * deviation**2, rel=0.01)


@pytest.mark.parametrize("sizes", [(1,) * 99, (13, 0, 40, 1), (99,), (50, 50)])
def test_no_split_into_chunks_shows(sizes):
    case = random_case(samples=100, classes=6, width=9, offset=30)
    expected = astuple(measured(*case))
    assert astuple(measured(*case, sizes=sizes)) == pytest.approx(expected, rel=1e-10)
    order = np.argsort(case[1], kind="stable")
    ordered = [one[order] for one in case[:3]]
    found = astuple(measured(*ordered, case[3], sizes=sizes))
    assert found == pytest.approx(expected, rel=1e-10)


def test_a_thousand_classes_in_features_of_another_width():
    case = random_case(samples=3_000, classes=1_000, width=24)
    assert astuple(measured(*case, sizes=(1_024, 1_024))) == pytest.approx(
        astuple(plain(*case)), rel=1e-8
    )


def test_what_is_undefined_is_none_and_nothing_else():
    features, labels, predictions, weight = random_case(samples=30, classes=3, width=4)
    nothing = NeuralCollapse(30)
    one = np.zeros(30, dtype=int)
    assert measured(features, one, one, weight[:1]) == nothing
    missing = np.where(labels == 1, 0, labels)
    assert measured(features, missing, predictions, weight) == nothing
    constant = np.full_like(features, 0.1)
    assert measured(constant, labels, predictions, weight) == nothing
    infinite = features.copy()
    infinite[4, 2] = np.inf
    with np.errstate(invalid="ignore"):
        assert measured(infinite, labels, predictions, weight) == nothing
    assert measured(features[:0], labels[:0], predictions[:0], weight) == NeuralCollapse(0)
    # one class's mean is the mean of the means: it has no direction
    means = np.array([[1.0, 0], [-1, 0], [0, 0]])
    found = measured(means[labels], labels, labels, means)
    assert found.nc2_cosines is None
    assert (found.nc1, found.nc3, found.nc4) == (0, 0, 1)
    emptied = measured(features, labels, predictions, np.zeros_like(weight))
    expected = plain(features, labels, predictions, weight)
    assert emptied.nc3 is None
    assert emptied.nc1 == pytest.approx(expected.nc1)


def test_directions_in_which_no_mean_differs_do_not_count():
    features, labels, predictions, weight = random_case(samples=90, classes=3, width=4)
    # a constant feature, as a dead unit gives, and one that differs by rounding only
    wide = np.column_stack([features, np.full(90, 7.0), 1e-9 * labels])
    rows = np.column_stack([weight, np.zeros((3, 2))])
    found, expected = (
        measured(wide, labels, predictions, rows),
        measured(features, labels, predictions, weight),
    )
    assert astuple(found) == pytest.approx(astuple(expected), rel=1e-6)
