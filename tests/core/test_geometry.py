import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.geometry import ClassDirections, sample_geometry


def brute_force(features, weight, bias, labels):
    """The definitions, one sample and one class at a time, in Python floats."""
    rows = []
    for x, label in zip(features.tolist(), labels.tolist(), strict=True):
        length = math.sqrt(sum(v * v for v in x))
        logits = [
            sum(a * b for a, b in zip(w, x, strict=True)) + c
            for w, c in zip(weight.tolist(), bias.tolist(), strict=True)
        ]
        angles = []
        for w in weight.tolist():
            norm = math.sqrt(sum(v * v for v in w))
            if norm == 0 or length == 0:
                angles.append(math.nan)
                continue
            cosine = sum(a * b for a, b in zip(w, x, strict=True)) / norm / length
            angles.append(math.degrees(math.acos(max(-1.0, min(1.0, cosine)))))
        prediction = max(range(len(logits)), key=lambda j: (logits[j], -j))
        to_boundary = []
        for j, w in enumerate(weight.tolist()):
            distance = math.dist(weight.tolist()[prediction], w)
            if j != prediction and distance > 0:
                to_boundary.append((logits[prediction] - logits[j]) / distance)
        margin = min(to_boundary) if to_boundary else math.nan
        rows.append(
            (length, angles, angles[label], margin if prediction == label else -margin, prediction)
        )
    return [np.array(column) for column in zip(*rows, strict=True)]


def assert_matches(result, features, weight, bias, labels):
    length, angles, angle, margin, prediction = brute_force(features, weight, bias, labels)
    as_numpy = np.asarray
    np.testing.assert_allclose(as_numpy(result.length), length, rtol=1e-4)
    np.testing.assert_allclose(as_numpy(result.angles), angles, atol=1e-3)
    np.testing.assert_allclose(as_numpy(result.angle), angle, atol=1e-3)
    # a margin is a difference of logits: its error is relative to what was subtracted
    scale = np.abs(features.astype(float) @ weight.astype(float).T).max() + np.abs(bias).max()
    np.testing.assert_allclose(as_numpy(result.margin), margin, rtol=1e-4, atol=1e-6 * scale)
    np.testing.assert_array_equal(as_numpy(result.prediction), prediction)


def random_case(samples, classes, width, seed=0):
    rng = np.random.default_rng(seed)
    features = np.maximum(rng.normal(size=(samples, width)), 0).astype(np.float32) * 9
    weight = rng.normal(size=(classes, width)).astype(np.float32)
    bias = rng.normal(size=classes).astype(np.float32) * 3
    return features, weight, bias, rng.integers(0, classes, samples)


@pytest.mark.parametrize("kind", ["numpy", "torch"])
@pytest.mark.parametrize(
    ("samples", "classes", "width"), [(200, 10, 84), (1, 10, 16), (50, 2, 8), (30, 120, 64)]
)
def test_agrees_with_the_definition_in_float64(kind, samples, classes, width):
    features, weight, bias, labels = random_case(samples, classes, width)
    arrays = (features, weight, bias, labels)
    if kind == "torch":
        result = sample_geometry(*(torch.from_numpy(a) for a in arrays))
        assert isinstance(result.margin, torch.Tensor)
    else:
        result = sample_geometry(*arrays)
        assert isinstance(result.margin, np.ndarray)
    assert result.angles.shape == (samples, classes)
    assert result.length.dtype == arrays[0].dtype if kind == "numpy" else torch.float32
    assert_matches(result, features, weight, bias, labels)


def test_a_zero_feature_has_no_angle_but_a_margin_from_the_bias():
    weight = np.array([[1.0, 0.0], [0.0, 1.0]])
    bias = np.array([0.5, 0.0])
    result = sample_geometry(np.zeros((2, 2)), weight, bias, np.array([0, 1]))
    assert result.length.tolist() == [0.0, 0.0]
    assert np.isnan(result.angles).all()
    np.testing.assert_allclose(result.margin, [0.5 / math.sqrt(2), -0.5 / math.sqrt(2)])


def test_a_pruned_class_row_has_no_angle_and_equal_rows_have_no_boundary():
    weight = np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    features = np.array([[1.0, 1.0], [-1.0, 0.0]])
    result = sample_geometry(features, weight, None, np.array([0, 1]))
    assert np.isnan(result.angles[:, 1:]).all()
    np.testing.assert_allclose(result.angles[:, 0], [45.0, 180.0])
    # second sample: classes 1 and 2 tie at zero and share no boundary; class 0 is 1 away
    assert result.prediction.tolist() == [0, 1]
    np.testing.assert_allclose(result.margin, [1.0, 1.0])


def test_all_class_rows_equal_leave_the_margin_undefined():
    result = sample_geometry(np.ones((3, 4)), np.ones((2, 4)), None, np.zeros(3, dtype=int))
    assert np.isnan(result.margin).all()
    np.testing.assert_allclose(result.angle, 0.0, atol=1e-5)


def test_a_tie_is_predicted_as_the_first_class_and_lies_on_the_boundary():
    result = sample_geometry(np.array([[1.0, 1.0]]), np.eye(2), None, np.array([1]))
    assert result.prediction.tolist() == [0]
    assert abs(result.margin[0]) == 0.0


@pytest.mark.parametrize("degrees", [0.0, 0.01, 0.1, 89.999, 179.9, 180.0])
def test_angles_keep_their_digits_near_the_ends(degrees):
    direction = np.array([[1.0, 0.0], [0.0, -1.0]])
    feature = np.array([[math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]]) * 50
    result = sample_geometry(feature, direction, None, np.array([0]))
    assert abs(result.angle[0] - degrees) < 1e-3


def test_the_bias_is_in_the_margin():
    """The boundary x = -1 of z = (x, -x) + (1, -1) lies 1 from the origin, 3 from x = 2."""
    weight, bias = np.array([[1.0], [-1.0]]), np.array([1.0, -1.0])
    result = sample_geometry(np.array([[2.0], [0.0]]), weight, bias, np.array([0, 0]))
    np.testing.assert_allclose(result.margin, [3.0, 1.0])


matrices = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 8), st.integers(1, 6)),
    elements=st.floats(-1e3, 1e3, width=32, allow_subnormal=False),  # as features are
)


@settings(deadline=None, max_examples=60)
@given(matrices, st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_laws_of_the_metrics(features, classes, seed):
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(classes, features.shape[1]))
    bias = rng.normal(size=classes)
    labels = rng.integers(0, classes, features.shape[0])
    result = sample_geometry(features, weight, bias, labels)
    correct = result.prediction == labels
    assert (result.margin[correct] >= 0).all()
    assert (result.margin[~correct] <= 0).all()
    defined = result.angles[~np.isnan(result.angles)]
    assert ((defined >= 0) & (defined <= 180)).all()
    np.testing.assert_array_equal(np.isnan(result.angle), result.length == 0)
    # moving along the nearest boundary's normal by less than the margin changes nothing
    step = rng.normal(size=features.shape)
    step *= (np.abs(result.margin) * 0.99 / np.linalg.norm(step, axis=1))[:, None]
    moved = sample_geometry(features + step, weight, bias, labels)
    sure = np.abs(result.margin) > 1e-6
    np.testing.assert_array_equal(moved.prediction[sure], result.prediction[sure])
    # length scales with the feature, angles do not
    doubled = sample_geometry(features * 2, weight, bias, labels)
    np.testing.assert_allclose(doubled.length, result.length * 2)
    np.testing.assert_allclose(doubled.angles, result.angles, atol=1e-5)


def test_batches_give_what_the_whole_gives():
    features, weight, bias, labels = random_case(100, 10, 32)
    directions = ClassDirections(weight, bias)
    whole = directions.measure(features, labels)
    parts = [directions.measure(features[i : i + 7], labels[i : i + 7]) for i in range(0, 100, 7)]
    np.testing.assert_allclose(np.concatenate([p.margin for p in parts]), whole.margin, rtol=1e-6)
    np.testing.assert_allclose(np.concatenate([p.angles for p in parts]), whole.angles, rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"features": np.ones((2, 3))}, r"features must be \(samples, 4\).*found shape \(2, 3\)"),
        ({"weight": np.ones((1, 4))}, "at least 2 classes"),
        ({"bias": np.ones(2)}, r"each of the 3 classes, found shape \(2,\)"),
        ({"labels": np.array([0])}, r"each of the 2 samples, found shape \(1,\)"),
        ({"labels": np.array([0, 3])}, r"labels must be in 0\.\.2, found 0\.\.3"),
        ({"labels": np.array([-1, 0])}, r"found -1\.\.0"),
    ],
)
def test_arguments_that_do_not_fit_get_one_sentence(change, sentence):
    arguments = {
        "features": np.ones((2, 4)),
        "weight": np.eye(3, 4),
        "bias": np.zeros(3),
        "labels": np.array([0, 1]),
    } | change
    with pytest.raises(ValueError, match=sentence):
        sample_geometry(**arguments)
