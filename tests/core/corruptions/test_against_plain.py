"""The fast corruptions equal the plain ones, given the same random numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.datasets import load_sample_image

from core.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from core.corruptions.blur import _displaced
from core.corruptions.draws import Draws
from core.corruptions.spatter import chamfer_distance, equalised, outlines
from tests.core.corruptions import plain


@pytest.fixture(scope="module")
def photographs():
    """Twelve 32 x 32 pieces of two photographs, one of them black and white in places."""
    pieces = []
    for name in ("china.jpg", "flower.jpg"):
        small = load_sample_image(name)[::5, ::5]
        pieces += [small[10:42, left : left + 32] for left in range(0, 96, 16)]
    pieces[3] = pieces[3].copy()
    pieces[3][:8] = 0
    pieces[3][8:12] = 255
    return np.stack(pieces)


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_within_one_grey_level_of_the_plain_version(photographs, corruption, severity):
    fast = corrupt(photographs, corruption, severity, seed=7).astype(int)
    slow = np.stack(
        [
            plain.plain(image, corruption, severity, plain.Replayed(7, corruption, severity, index))
            for index, image in enumerate(photographs)
        ]
    )
    apart = np.abs(fast - slow)
    assert (apart > 1).mean() < 2e-4  # a float32 next to a threshold can fall on its other side
    assert np.abs((fast - slow).mean()) < 0.1


def test_the_glass_round_in_one_look_up_is_the_sequential_one_and_further_reach_is_sequential():
    for reach, side in ((1, 32), (2, 64), (3, 96)):
        places = np.arange(side * side).reshape(1, side, side)
        fast = _displaced(places, reach, Draws((1, 2), np.array([5])))[0]
        inner = range(side - reach, reach, -1)
        count = len(inner)
        steps = Draws((1, 2), np.array([5])).words(2, count, count)[0].astype(int) % (2 * reach)
        slow = places[0].copy()
        for row in inner:
            for column in inner:
                down, right = steps[:, row - reach - 1, column - reach - 1] - reach
                slow[row, column] = slow[row + down, column + right]
        assert (fast == slow).all()
        assert (fast != places[0]).any()


@settings(max_examples=60, deadline=None)
@given(arrays(np.uint8, (2, 32, 32), elements=st.sampled_from([0, 0, 0, 20, 60, 120, 180, 255])))
def test_outlines_distances_and_equalised_levels_equal_the_plain_ones(levels):
    edges = outlines(levels)
    for image, found in zip(levels, edges, strict=True):
        assert (found == plain.canny(image)).all()
    near = np.minimum(chamfer_distance(edges), 20)
    for found, distance in zip(edges, near, strict=True):
        assert np.allclose(distance, np.minimum(plain.chamfer(found), 20), atol=1e-4)
    for image, spread in zip(levels, equalised(levels.astype(np.float32)), strict=True):
        assert (spread == plain.equalise(image)).all()


@pytest.mark.parametrize("severity", SEVERITIES)
def test_shot_noise_follows_the_poisson_law(severity):
    """Of one grey level: the share of every outcome against the law, by a chi-square test."""
    photons = (500, 250, 100, 75, 50)[severity - 1]
    level = 90
    grey = np.full((64, 32, 32, 3), level, np.uint8)
    observed = np.bincount(corrupt(grey, "shot_noise", severity).ravel(), minlength=256)
    counts = np.arange(4 * photons)
    outcomes = (np.clip(counts / photons, 0, 1) * 255).astype(int)
    chances = stats.poisson.pmf(counts, level / 255 * photons)
    expected = np.bincount(outcomes, chances, minlength=256) * observed.sum()
    often = expected > 5
    statistic = ((observed - expected)[often] ** 2 / expected[often]).sum()
    assert stats.chi2.sf(statistic, often.sum() - 1) > 1e-4
    assert observed[~often].sum() < 200


def test_normal_uniform_and_words_have_their_laws_and_images_are_independent():
    numbers = np.arange(300)
    normal = Draws((3, 1, 4), numbers).normal(200)
    uniform = Draws((3, 1, 5), numbers).uniform(-2, 3, 200)
    words = Draws((3, 1, 6), numbers).words(200) / 65536
    assert stats.kstest(normal.ravel(), "norm").pvalue > 1e-4
    assert stats.kstest(uniform.ravel(), "uniform", args=(-2, 5)).pvalue > 1e-4
    assert stats.kstest(words.ravel(), "uniform").pvalue > 1e-4
    neighbours = np.corrcoef(normal[:-1].ravel(), normal[1:].ravel())[0, 1]
    assert abs(neighbours) < 0.02
