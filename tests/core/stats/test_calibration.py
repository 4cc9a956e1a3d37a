from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from core.stats.calibration import (
    bin_numbers,
    calibrated_error,
    calibration_influence,
    estimate_of,
    expected_calibration_error,
    risk_coverage,
    trusts,
)


def drawn(seed: int, models: int = 2, images: int = 250) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    confidence = rng.beta(4, 1.5, (models, images)).astype(np.float32).astype(np.float64)
    right = rng.random((models, images)) < confidence**2
    return confidence, right


def ece_in_a_loop(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    total = 0.0
    for k in range(bins):
        inside = (confidence > k / bins) & (confidence <= (k + 1) / bins)
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - right[inside].mean())
    return total / len(confidence)


def aurc_in_a_loop(confidence: np.ndarray, right: np.ndarray) -> float:
    order = np.argsort(-confidence)
    risks = [1 - right[order[: k + 1]].mean() for k in range(len(order))]
    return float(np.mean(risks))


def test_the_calibration_error_is_that_of_bins_looked_at_one_by_one():
    for seed in range(4):
        (confidence,), (right,) = drawn(seed, models=1)
        found = expected_calibration_error(confidence, right)
        assert found == pytest.approx(ece_in_a_loop(confidence, right))


def test_a_bin_holds_its_upper_end():
    assert bin_numbers(np.array([0.0, 0.25, 0.26, 0.5, 1.0]), 4).tolist() == [0, 0, 1, 1, 3]


def test_confidence_that_is_right_as_often_as_it_says_has_no_error():
    confidence = np.full(10, 0.7)
    right = np.arange(10) < 7
    assert expected_calibration_error(confidence, right) == pytest.approx(0)
    assert expected_calibration_error(np.ones(10), ~right) == pytest.approx(0.7)


def test_risk_is_the_share_of_errors_among_the_most_confident():
    (confidence,), (right,) = drawn(5, models=1)
    assert risk_coverage(confidence, right).mean() == pytest.approx(
        aurc_in_a_loop(confidence, right)
    )
    by_hand = risk_coverage(np.array([0.5, 0.9, 0.7]), np.array([False, True, False]))
    assert by_hand == pytest.approx([0, 1 / 2, 2 / 3])


def test_among_equal_confidences_risk_is_the_mean_over_all_orders():
    confidence = np.array([0.9, 0.6, 0.6, 0.6, 0.2])
    right = np.array([True, False, True, True, False])
    curves = []
    for order in permutations([1, 2, 3]):
        errors = (~right[[0, *order, 4]]).astype(float)
        curves.append(np.cumsum(errors) / np.arange(1, 6))
    assert risk_coverage(confidence, right) == pytest.approx(np.mean(curves, axis=0))
    assert risk_coverage(confidence[:0], right[:0]).size == 0


def test_intervals_are_as_wide_as_a_bootstrap_over_images_in_a_loop():
    confidence, right = drawn(6)
    found = trusts(confidence, right)
    rng = np.random.default_rng(7)
    loop = []
    for _ in range(600):
        one = rng.integers(0, 250, 250)
        sample = [(c[one], r[one]) for c, r in zip(confidence, right, strict=True)]
        loop.append(
            [ece_in_a_loop(*s) for s in sample] + [float(risk_coverage(*s).mean()) for s in sample]
        )
    ece, other_ece, aurc, other_aurc = np.array(loop).T
    expected = {
        found[0].ece: (ece, ece_in_a_loop(confidence[0], right[0])),
        found[1].aurc: (other_aurc, aurc_in_a_loop(confidence[1], right[1])),
        found[1].ece_difference: (other_ece - ece, found[1].ece.value - found[0].ece.value),
        found[1].aurc_difference: (other_aurc - aurc, found[1].aurc.value - found[0].aurc.value),
    }
    for estimate, (values, value) in expected.items():
        assert estimate.value == pytest.approx(value)
        low, high = estimate.interval
        assert (low + high) / 2 == pytest.approx(value)
        assert high - low == pytest.approx(2 * 1.96 * values.std(), rel=0.15)
    assert found[0].ece_difference is None


@pytest.mark.parametrize("digits", [1, 2, 9])
def test_the_interval_of_the_area_is_that_of_a_bootstrap_with_ties(digits):
    (confidence,), (right,) = drawn(11, models=1, images=400)
    confidence = confidence.round(digits)
    (found,) = trusts(confidence[None], right[None])
    rng = np.random.default_rng(12)
    loop = []
    for _ in range(1500):
        one = rng.integers(0, 400, 400)
        loop.append(risk_coverage(confidence[one], right[one]).mean())
    low, high = found.aurc.interval
    assert high - low == pytest.approx(2 * 1.96 * np.std(loop), rel=0.08)


def test_the_influences_of_the_calibration_error_give_the_error_of_a_bootstrap():
    rng = np.random.default_rng(13)
    confidence = rng.uniform(0.3, 1, 3000)
    right = rng.random(3000) < confidence**2
    found = calibration_influence(confidence, right)
    assert found.value == pytest.approx(ece_in_a_loop(confidence, right))
    assert found.influence.mean() == pytest.approx(0, abs=1e-12)
    loop = []
    for _ in range(600):
        one = rng.integers(0, 3000, 3000)
        loop.append(expected_calibration_error(confidence[one], right[one]))
    estimate = estimate_of(found.value, found.influence)
    low, high = estimate.interval
    assert high - low == pytest.approx(2 * 1.96 * np.std(loop), rel=0.08)


def test_perfectly_calibrated_confidence_comes_to_the_error_of_chance():
    rng = np.random.default_rng(14)
    confidence = rng.beta(4, 1.5, 2000)
    errors = [ece_in_a_loop(confidence, rng.random(2000) < confidence) for _ in range(400)]
    assert calibrated_error(confidence) == pytest.approx(np.mean(errors), rel=0.05)


def test_an_interval_does_not_reach_below_what_can_be():
    right = np.ones(60, bool)
    right[0] = False
    (found,) = trusts(np.linspace(0.5, 0.99, 60)[None], right[None])
    assert found.aurc.interval[0] == 0 < found.aurc.value
    assert estimate_of(0.1, np.array([3.0, -3.0] * 5)).interval[0] < 0


def test_few_images_and_a_model_compared_with_itself_have_no_interval():
    confidence, right = drawn(8, models=1, images=4)
    assert trusts(confidence, right)[0].ece.interval is None
    confidence, right = drawn(9, models=1)
    both = trusts(np.repeat(confidence, 2, axis=0), np.repeat(right, 2, axis=0))
    assert both[1].ece_difference is not None
    assert (both[1].ece_difference.value, both[1].ece_difference.interval) == (0, None)
