"""Generated ice: the fields that textures are made of, and the textures' statistics."""

import numpy as np
import pytest
from scipy import stats

from core.corruptions import ice
from core.corruptions.ice import ICES, SIDE, make_textures


def generator(seed=0):
    return np.random.Generator(np.random.Philox(seed))


@pytest.fixture(scope="module")
def textures():
    return list(make_textures())


def steps(field):
    """Mean square change from pixel to pixel, downwards and to the right."""
    return (np.diff(field, axis=0) ** 2).mean(), (np.diff(field, axis=1) ** 2).mean()


def test_a_texture_has_the_colour_and_the_contrast_that_are_stated(textures):
    for texture, stated in zip(textures, ICES, strict=True):
        levels = texture.reshape(-1, 3)
        assert levels.mean(axis=0) == pytest.approx(stated.colour, abs=1)
        fields = stated.grain**2 + stated.flakes**2 + stated.drift[0] ** 2
        variance = fields * np.square(stated.brighter) + np.square(stated.tint)
        assert levels.std(axis=0) == pytest.approx(np.sqrt(variance), rel=0.1)


def test_the_two_textures_of_one_photograph_are_different_draws(textures):
    assert ICES[2] == ICES[3]
    assert abs(np.corrcoef(textures[2].ravel(), textures[3].ravel())[0, 1]) < 0.1


def test_a_texture_has_no_seams(textures):
    for texture in textures:
        values = texture.astype(float)
        down, right = steps(values)
        assert np.square(values[0] - values[-1]).mean() < 2 * down
        assert np.square(values[:, 0] - values[:, -1]).mean() < 2 * right


def test_contrast_differs_from_patch_to_patch_more_than_chance_makes_it(textures):
    def spread(values):
        blocks = np.square(np.diff(values, axis=1))[:, :240].reshape(16, 16, 15, 16)
        return np.log(blocks.mean(axis=(1, 3))).std()

    chance = spread(generator().standard_normal((SIDE, SIDE)))
    for texture in textures:
        assert spread(texture.mean(axis=2)) > 1.5 * chance


def test_the_correlation_of_patches_falls_exponentially():
    fields = [ice._patches(8, generator(seed)) for seed in range(20)]
    for distance in (4, 8, 16):
        found = np.mean([(field * np.roll(field, distance, axis=0)).mean() for field in fields])
        assert found == pytest.approx(np.exp(-distance / 8), abs=0.05)


def test_a_directed_field_changes_faster_across_its_direction_and_keeps_its_variance():
    flat = np.ones_like(ice._FREQUENCY)
    everywhere, nowhere = np.ones((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    down, right = steps(ice._directed(flat, [everywhere, nowhere], generator()))
    assert down > 2 * right
    even = steps(ice._directed(flat, [nowhere, nowhere], generator()))
    assert even[0] == pytest.approx(even[1], rel=0.05)
    wavy = [ice._patches(4, generator(seed)) for seed in (1, 2)]
    assert ice._directed(flat, wavy, generator()).std() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("shape", [-0.4, 0.2])
def test_a_skewed_field_has_the_moments_of_a_shifted_log_normal(shape):
    field = ice._skewed(generator().standard_normal((2000, 1000)), shape)
    expected = np.sign(shape) * stats.lognorm(s=abs(shape)).stats("s")
    assert field.mean() == pytest.approx(0, abs=0.005)
    assert field.std() == pytest.approx(1, abs=0.01)
    assert stats.skew(field.ravel()) == pytest.approx(expected, abs=0.05)


def test_local_contrast_leaves_the_variance_as_it_is():
    noise = generator().standard_normal((2000, 1000))
    assert (ice._contrast(0.4, noise) ** 2).mean() == pytest.approx(1, abs=0.02)
