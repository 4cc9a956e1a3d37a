"""Shapley shares of a logit gap, against all 24 orders of exchange and real last layers."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.geometry import ClassDirections
from core.stats.logit_gap import ARGUMENTS, LogitInputs, gap_shares, logit_gap, logits


def network(
    rng: Any, labels: NDArray[np.integer], classes: int, width: int
) -> tuple[LogitInputs, Any]:
    """What a random last layer makes of random features, and its logits."""
    weight, bias = rng.normal(size=(classes, width)), rng.normal(size=classes)
    features = np.maximum(rng.normal(size=(len(labels), width)), 0)
    layer = ClassDirections(weight, bias)
    measured = layer.measure(features, labels)
    inputs = LogitInputs(measured.length, measured.angles, layer.weight_norms, layer.bias)
    return inputs, measured.logits


@pytest.fixture
def pair() -> tuple[LogitInputs, LogitInputs, NDArray[np.integer]]:
    """Two networks of different width on the same samples."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 5, 40)
    return network(rng, labels, 5, 7)[0], network(rng, labels, 5, 12)[0], labels


def by_orders(
    before: LogitInputs, after: LogitInputs, labels: NDArray[np.integer]
) -> dict[str, Any]:
    """Every order of exchange, one after the other."""
    total = dict.fromkeys(ARGUMENTS, 0.0)
    for order in permutations(ARGUMENTS):
        values = {name: getattr(before, name) for name in ARGUMENTS}
        gap = logit_gap(LogitInputs(**values), labels)
        for name in order:
            values[name] = getattr(after, name)
            found = logit_gap(LogitInputs(**values), labels)
            total[name] = total[name] + (found - gap) / 24
            gap = found
    return total


def test_logits_and_gap_are_the_networks() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 60)
    inputs, expected = network(rng, labels, 4, 9)
    np.testing.assert_allclose(logits(inputs), expected, atol=1e-9)
    own = expected[np.arange(60), labels]
    rest = [np.delete(row, label).max() for row, label in zip(expected, labels, strict=True)]
    np.testing.assert_allclose(logit_gap(inputs, labels), own - rest, atol=1e-9)
    wrong = logit_gap(inputs, labels) < 0
    assert (wrong == (expected.argmax(1) != labels)).all()
    assert 0 < wrong.sum() < 60


def test_shares_are_the_mean_over_all_orders_and_sum_to_the_change(pair: Any) -> None:
    before, after, labels = pair
    shares = gap_shares(before, after, labels)
    expected = by_orders(before, after, labels)
    for name in ARGUMENTS:
        np.testing.assert_allclose(shares[name], expected[name], atol=1e-9)
    change = logit_gap(after, labels) - logit_gap(before, labels)
    np.testing.assert_allclose(sum(shares.values()), change, atol=1e-9)
    assert all(np.abs(share).max() > 0.01 for share in shares.values())


def test_the_way_back_has_the_opposite_shares(pair: Any) -> None:
    before, after, labels = pair
    there, back = gap_shares(before, after, labels), gap_shares(after, before, labels)
    for name in ARGUMENTS:
        np.testing.assert_allclose(there[name], -back[name], atol=1e-12)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_an_argument_that_stays_has_no_share(pair: Any, name: str) -> None:
    before, after, labels = pair
    values = {one: getattr(after, one) for one in ARGUMENTS}
    shares = gap_shares(before, LogitInputs(**{**values, name: getattr(before, name)}), labels)
    assert (shares[name] == 0).all()
    alone = gap_shares(
        before,
        LogitInputs(**{**{one: getattr(before, one) for one in ARGUMENTS}, name: values[name]}),
        labels,
    )
    assert all((alone[one] == 0).all() for one in ARGUMENTS if one != name)
    assert np.abs(alone[name]).max() > 0.01


def test_arguments_that_do_the_same_share_alike() -> None:
    # length and norms both multiply every logit by 2
    one, both = np.ones(1), np.ones(2)
    before = LogitInputs(one, np.array([[30.0, 80.0]]), both, 0 * both)
    after = LogitInputs(2 * one, np.array([[30.0, 80.0]]), 2 * both, 0 * both)
    shares = gap_shares(before, after, np.array([0]))
    assert shares["length"] == pytest.approx(shares["norms"])
    assert shares["length"][0] == pytest.approx(1.5 * (np.cos(np.pi / 6) - np.cos(np.radians(80))))


def test_a_zero_feature_and_a_zero_row_leave_the_bias() -> None:
    angles = np.array([[np.nan, np.nan, np.nan], [40.0, np.nan, 90.0]])
    biases = np.array([0.5, 2.0, -1.0])
    inputs = LogitInputs(np.array([0.0, 3.0]), angles, np.array([1.0, 0.0, 2.0]), biases)
    expected = [biases, [0.5 + 3 * np.cos(np.radians(40)), 2.0, -1.0]]
    np.testing.assert_allclose(logits(inputs), expected, atol=1e-12)
    dead = gap_shares(
        LogitInputs(np.array([3.0]), angles[1:], inputs.norms, biases),
        LogitInputs(np.array([0.0]), angles[:1], inputs.norms, biases),
        np.array([0]),
    )
    change = -1.5 - (0.5 + 3 * np.cos(np.radians(40)) - 2.0)
    assert sum(share[0] for share in dead.values()) == pytest.approx(change)
    assert dead["norms"][0] == dead["biases"][0] == 0


def test_one_class_has_no_gap() -> None:
    alone = LogitInputs(np.ones(1), np.ones((1, 1)), np.ones(1), np.ones(1))
    with pytest.raises(ValueError, match="at least two classes, found 1"):
        logit_gap(alone, np.array([0]))
