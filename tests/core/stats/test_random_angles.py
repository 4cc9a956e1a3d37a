"""Angles between random directions, against integrals and special functions."""

import math

import numpy as np
import pytest
from scipy import integrate, special

from core.stats.random_angles import angle_density, angle_deviation, sampled_angles

DIMENSIONS = [2, 3, 4, 5, 10, 84, 101, 512]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_density_has_area_one_and_the_stated_deviation(dimension: int) -> None:
    def moment(power: int) -> float:
        return integrate.quad(
            lambda t: (t - 90) ** power * angle_density(np.array([t]), dimension)[0],
            0, 180, points=[90], limit=200,
        )[0]  # fmt: skip

    assert moment(0) == pytest.approx(1, abs=1e-8)
    assert moment(1) == pytest.approx(0, abs=1e-8)
    assert math.sqrt(moment(2)) == pytest.approx(angle_deviation(dimension), rel=1e-6)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_deviation_is_that_of_the_trigamma_function(dimension: int) -> None:
    exact = math.degrees(math.sqrt(special.polygamma(1, dimension / 2) / 2))
    assert angle_deviation(dimension) == pytest.approx(exact, rel=1e-9)


def test_samples_follow_the_density() -> None:
    pairs = 20_000
    found = sampled_angles([2, 3, 20, 84], pairs=pairs, seed=3)
    assert found["dimension"].to_list() == [2, 3, 20, 84]
    for dimension, mean, deviation in found.iter_rows():
        expected = angle_deviation(dimension)
        assert abs(mean - 90) < 4 * expected / math.sqrt(pairs)
        # the deviation's own standard error is below that of a uniform's, 0.45 / sqrt(n)
        assert deviation == pytest.approx(expected, rel=4 * 0.75 / math.sqrt(pairs))
    assert found.equals(sampled_angles([2, 3, 20, 84], pairs=pairs, seed=3))
    assert not found.equals(sampled_angles([2, 3, 20, 84], pairs=pairs, seed=4))
