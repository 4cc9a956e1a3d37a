import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.vision.datasets.image_set import ImageSet
from core.vision.networks import Normalisation, measure_normalisation, normalise


def images(count: int = 30) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 200, (count, 5, 6, 3), dtype=np.uint8)


def image_set(pixels: np.ndarray) -> ImageSet:
    zeros = np.zeros(len(pixels), dtype=np.int64)
    return ImageSet(pixels, zeros, np.arange(len(pixels)), ("only",))


@given(
    mean=st.tuples(*[st.floats(0, 1)] * 3),
    std=st.tuples(*[st.floats(0.05, 1)] * 3),
)
def test_every_pixel_is_scaled_shifted_and_moved_to_its_channel(mean, std):
    source = images(3)
    result = normalise(source, Normalisation(mean, std), "cpu")
    assert result.shape == (3, 3, 5, 6) and result.dtype == torch.float32
    expected = (source / 255 - np.array(mean)) / np.array(std)
    assert np.allclose(result.numpy(), expected.transpose(0, 3, 1, 2), rtol=1e-4, atol=1e-4)


def test_images_that_are_a_view_or_read_only_are_taken():
    source = images()
    plain = normalise(source[::2].copy(), Normalisation((0, 0, 0), (1, 1, 1)))
    source.setflags(write=False)
    assert torch.equal(normalise(source[::2], Normalisation((0, 0, 0), (1, 1, 1))), plain)


def test_measured_images_get_mean_zero_and_deviation_one(monkeypatch):
    monkeypatch.setattr("core.vision.networks.normalisation.IMAGES_MEASURED_AT_ONCE", 7)
    source = images()
    measured = measure_normalisation(image_set(source))
    result = normalise(source, measured)
    assert torch.allclose(result.mean((0, 2, 3)), torch.zeros(3), atol=1e-3)
    assert torch.allclose(result.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-3)


def test_very_many_images_are_measured_at_equal_steps(monkeypatch):
    monkeypatch.setattr("core.vision.networks.normalisation.MOST_IMAGES_MEASURED", 10)
    source = images(30)
    assert measure_normalisation(image_set(source)) == measure_normalisation(image_set(source[::3]))


def test_a_constant_channel_is_not_divided_by_zero():
    source = images()
    source[..., 1] = 7
    assert measure_normalisation(image_set(source)).std[1] == 1


def test_impossible_numbers_are_refused():
    with pytest.raises(InputError, match=r"expected positive standard deviations"):
        Normalisation((0, 0, 0), (1, 0, 1))
    with pytest.raises(InputError, match=r"three finite numbers for mean"):
        Normalisation((0, float("nan"), 0), (1, 1, 1))
    with pytest.raises(InputError, match=r"three finite numbers for std"):
        Normalisation((0, 0, 0), (1, 1))
    with pytest.raises(InputError, match=r"at least one image"):
        measure_normalisation(image_set(images(0)))
