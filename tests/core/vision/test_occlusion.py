"""Occlusion maps against plain loops in float64, pixel by pixel."""

import math

import numpy as np
import pytest
import torch

from core.errors import InputError
from core.geometry import ClassDirections
from core.vision import occlusion
from core.vision.inference import FeatureReader
from core.vision.networks import Normalisation, build_network
from core.vision.occlusion import METRICS, Windows, default_windows, occluded, occlusion_maps

NORMALISATION = Normalisation((0.4, 0.5, 0.6), (0.2, 0.25, 0.3))
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
IMAGES[1] = np.linspace(0, 255, 32, dtype=np.uint8)[:, None, None]
LABELS = np.array([2, 0, 4])


def network():
    return build_network("lenet5", class_count=5, feature_width=9, seed=3).eval()


def plain_metrics(net, image, label):
    """Angle, length, margin and true-class probability of one image, by their definitions."""
    mean, std = np.array(NORMALISATION.mean), np.array(NORMALISATION.std)
    pixels = torch.from_numpy(((image / 255 - mean) / std).transpose(2, 0, 1)[None].copy())
    kept = []
    hook = net.fc3.register_forward_pre_hook(lambda _, inputs: kept.append(inputs[0]))
    with torch.no_grad():
        logits = net(pixels)[0].numpy()
    hook.remove()
    x = kept[0][0].numpy()
    weight = net.fc3.weight.detach().numpy()
    length = math.sqrt(sum(v * v for v in x))
    cosine = sum(x * weight[label]) / length / math.sqrt(sum(weight[label] ** 2))
    first = int(np.argmax(logits))
    distances = [
        (logits[first] - logits[k]) / np.linalg.norm(weight[first] - weight[k])
        for k in range(len(logits))
        if k != first
    ]
    margin = min(distances) * (1 if first == label else -1)
    probability = math.exp(logits[label]) / sum(math.exp(v) for v in logits)
    return np.array([math.degrees(math.acos(cosine)), length, margin, probability])


def plain_maps(net, image, label, side, stride):
    """A value a pixel: each window moved, filled, measured and spread over what it covers."""
    whole = plain_metrics(net, image, label)
    edge = image.shape[0]
    sums, counts = np.zeros((4, edge, edge)), np.zeros((edge, edge))
    fill = [round(float(image[..., channel].mean())) for channel in range(3)]
    steps = math.ceil((edge - side) / stride) + 1
    for row in range(steps):
        for column in range(steps):
            hidden = image.copy()
            covered = np.zeros((edge, edge), bool)
            for y in range(row * stride, min(edge, row * stride + side)):
                for x in range(column * stride, min(edge, column * stride + side)):
                    hidden[y, x] = fill
                    covered[y, x] = True
            sums[:, covered] += (plain_metrics(net, hidden, label) - whole)[:, None]
            counts[covered] += 1
    return sums / counts


def maps(net, windows, images=IMAGES, labels=LABELS):
    reader = FeatureReader(net, NORMALISATION, "cpu", IMAGES)
    directions = ClassDirections(reader.weight, reader.bias)
    return np.stack(list(occlusion_maps(reader, directions, images, labels, windows)))


@pytest.mark.parametrize(("side", "stride"), [(8, 4), (6, 3), (10, 5), (7, 7), (32, 32)])
def test_every_pixel_has_the_mean_change_over_the_windows_that_cover_it(side, stride):
    found = maps(network(), Windows(side, stride))
    pixels = found.repeat(stride, axis=2).repeat(stride, axis=3)[:, :, :32, :32]
    plain = network().double()
    expected = np.stack(
        [plain_maps(plain, *one, side, stride) for one in zip(IMAGES, LABELS, strict=True)]
    )
    assert found.shape == (3, len(METRICS), -(-32 // stride), -(-32 // stride))
    largest = np.abs(expected).max(axis=(0, 2, 3), keepdims=True)
    assert (largest > 0).all()
    assert (np.abs(pixels - expected) <= 1e-3 * largest).all()


def test_how_many_images_go_at_once_does_not_show(monkeypatch):
    expected = maps(network(), Windows(8, 4))
    monkeypatch.setattr(occlusion, "BYTES_AT_ONCE", 1)
    np.testing.assert_allclose(maps(network(), Windows(8, 4)), expected, atol=1e-5)


def test_an_image_of_one_colour_loses_nothing():
    image = np.full((1, 32, 32, 3), (10, 200, 30), dtype=np.uint8)
    assert (occluded(image, Windows(8, 2)) == image[:, None]).all()
    np.testing.assert_allclose(maps(network(), Windows(8, 2), image, np.array([1])), 0, atol=1e-5)


def test_windows_hide_what_they_cover_and_nothing_else():
    image = np.zeros((1, 5, 5, 3), dtype=np.uint8)
    image[0, 0, 0] = 250  # a mean of 10
    hidden = occluded(image, Windows(2, 2))[0]
    assert len(hidden) == 9
    expected = image[0].copy()
    expected[4:, 2:4] = 10  # hangs over the lower edge
    assert (hidden[7] == expected).all()


def test_what_is_undefined_under_a_window_is_undefined_where_it_covers_and_nowhere_else():
    """The feature is zero exactly where the only light pixel is hidden."""

    class Light(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.last = torch.nn.Linear(1, 3, bias=False)

        def forward(self, images):
            return self.last(torch.relu(images[:, :1].amax((2, 3)) - 0.5))

    torch.manual_seed(0)
    light = Light()
    image = np.zeros((1, 8, 8, 3), dtype=np.uint8)
    image[0, 0, 0] = 255
    reader = FeatureReader(light, Normalisation((0, 0, 0), (1, 1, 1)), "cpu", image)
    directions = ClassDirections(reader.weight, reader.bias)
    (found,) = occlusion_maps(reader, directions, image, np.array([0]), Windows(4, 2))
    angle, length = found[0], found[1]
    undefined = np.zeros((4, 4), bool)
    undefined[:2, :2] = True
    assert (np.isnan(angle) == undefined).all()
    assert (angle[~undefined] == 0).all()
    assert length[0, 0] == -0.5
    assert length[1, 1] == -0.125  # one of the four windows over it hides the light
    assert (length[2:] == 0).all()


@pytest.mark.parametrize("size", [1, 3, 8, 28, 32, 64, 224])
def test_the_default_windows_fit(size):
    windows = default_windows(size)
    assert windows.side % windows.stride == 0
    assert windows.positions(size) >= 1
    assert windows.cells(size) <= 32


def test_the_defaults_of_common_sizes():
    assert default_windows(32) == Windows(8, 2)
    assert default_windows(224) == Windows(56, 14)


@pytest.mark.parametrize(("side", "stride"), [(8, 3), (4, 8), (0, 1), (4, 0), (4, -2)])
def test_windows_of_no_whole_strides_are_refused(side, stride):
    with pytest.raises(InputError, match=r"whole strides.*pixels"):
        Windows(side, stride)


def test_a_window_larger_than_the_images_is_refused():
    with pytest.raises(InputError, match="at most 32 pixels"):
        maps(network(), Windows(36, 4))
