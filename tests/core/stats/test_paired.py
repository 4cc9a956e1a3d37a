"""Differences of paired proportions against a score interval by numerical optimisation."""

from __future__ import annotations

from math import inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binomtest

from core.stats.intervals import Z_95
from core.stats.paired import PairedAccuracy, paired_interval


def likeliest_share(broken: int, fixed: int, samples: int, difference: float) -> float:
    """The share of broken samples that maximises the likelihood under a difference."""
    low, high = max(0.0, -difference), (1 - difference) / 2

    def loss(share: float) -> float:
        chances = (share, share + difference, 1 - 2 * share - difference)
        counts = (broken, fixed, samples - broken - fixed)
        pairs = [(count, chance) for count, chance in zip(counts, chances, strict=True) if count]
        if any(chance <= 0 for _, chance in pairs):
            return inf
        return -sum(count * log(chance) for count, chance in pairs)

    inside = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13})
    return float(min((low, high, float(inside.x)), key=loss))


def reference_interval(broken: int, fixed: int, samples: int) -> tuple[float, float]:
    def score(difference: float) -> float:
        share = likeliest_share(broken, fixed, samples, difference)
        variance = (2 * share + difference - difference**2) / samples
        observed = (fixed - broken) / samples
        return (observed - difference) / sqrt(max(variance, 1e-18))

    observed, edge = (fixed - broken) / samples, 1e-9
    ends = []
    for sign in (-1, 1):
        inner, outer = observed + sign * edge, sign * (1 - edge)
        if sign * observed >= 1 - 2 * edge or abs(score(outer)) < Z_95:
            ends.append(float(sign))
        else:
            ends.append(brentq(lambda d, s=sign: score(d) + s * Z_95, inner, outer))
    return ends[0], ends[1]


@pytest.mark.parametrize(
    ("broken", "fixed", "samples"),
    [(0, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 30), (30, 0, 30), (0, 12, 12), (7, 1, 21), (3, 3, 6),
     (1, 0, 10_000), (29, 12, 360), (400, 380, 10_000), (2, 9, 20)],
)  # fmt: skip
def test_the_interval_is_where_the_score_test_turns(broken: int, fixed: int, samples: int) -> None:
    expected = reference_interval(broken, fixed, samples)
    assert paired_interval(broken, fixed, samples) == pytest.approx(expected, abs=2e-6)


@given(st.data())
def test_the_interval_holds_the_difference_and_turns_around_with_the_roles(
    data: st.DataObject,
) -> None:
    samples = data.draw(st.integers(1, 50_000))
    broken = data.draw(st.integers(0, samples))
    fixed = data.draw(st.integers(0, samples - broken))
    low, high = paired_interval(broken, fixed, samples)
    assert -1 <= low <= (fixed - broken) / samples <= high <= 1
    assert low < high
    assert paired_interval(fixed, broken, samples) == (-high, -low)


def test_published_numbers_come_out() -> None:
    # airway hyper-responsiveness before and after a transplantation, 21 children (Fagerland,
    # Lydersen and Laake 2014): 7 against 1 changed
    assert paired_interval(7, 1, 21) == pytest.approx((-0.517, -0.026), abs=5e-4)


def test_nothing_changed_still_leaves_room() -> None:
    # closed form: the score test of a rate of zero
    end = Z_95**2 / (100 + Z_95**2)
    assert paired_interval(0, 0, 100) == pytest.approx((-end, end))


def test_it_agrees_with_the_asymptotic_mcnemar_test() -> None:
    for broken in range(60):
        score = (broken - 20) / sqrt(broken + 20)
        low, high = paired_interval(broken, 20, 500)
        assert (low > 0 or high < 0) == (abs(score) > Z_95)


@pytest.mark.parametrize("rates", [(0.02, 0.05, 200), (0.1, 0.1, 60), (0.01, 0.02, 400)])
def test_it_covers_the_true_difference_about_95_times_in_100(
    rates: tuple[float, float, int],
) -> None:
    broken, fixed, samples = rates
    rng = np.random.default_rng(0)
    draws = rng.multinomial(samples, (broken, fixed, 1 - broken - fixed), size=2000)
    hits = 0
    for row in draws:
        low, high = paired_interval(int(row[0]), int(row[1]), samples)
        hits += low <= fixed - broken <= high
    assert 0.93 <= hits / 2000 <= 0.99


@pytest.mark.parametrize("counts", [(0, 0, 0), (3, 2, 4), (-1, 0, 5), (0, -1, 5)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="expected changes among at least one sample"):
        paired_interval(*counts)


def test_a_paired_accuracy_has_its_difference_interval_and_p_value() -> None:
    found = PairedAccuracy(360, 353, 336, 29, 12)
    assert found.difference == pytest.approx((336 - 353) / 360)
    assert found.interval == paired_interval(29, 12, 360)
    assert found.p_value == pytest.approx(binomtest(12, 41, 0.5).pvalue)
