from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.inference import FeatureReader
from core.vision.networks import NETWORKS, Normalisation, build_network

torch.set_num_threads(1)
NORMALISATION = Normalisation((0.4, 0.5, 0.6), (0.2, 0.25, 0.3))
IMAGES = np.random.default_rng(0).integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)


def pixels() -> torch.Tensor:
    """The same images normalised by hand, channel first in memory."""
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in ((0.4, 0.5, 0.6), (0.2, 0.25, 0.3)))
    return ((torch.from_numpy(IMAGES.transpose(0, 3, 1, 2).copy()) / 255) - mean) / std


class Head(nn.Module):
    """A convolution, a pool, and whatever `head` makes of (N, 8) features."""

    def __init__(self, head: nn.Module, *, maps: bool = False) -> None:
        super().__init__()
        self.head = head  # named before the layer that runs before it
        self.conv = nn.Conv2d(3, 8, 3)
        self.maps = maps

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = nn.functional.adaptive_avg_pool2d(torch.relu(self.conv(images)), 1)
        return self.head(features if self.maps else features.flatten(1))


def read(network: nn.Module, **settings):
    return FeatureReader(network, NORMALISATION, "cpu", IMAGES, **settings)


@pytest.mark.parametrize("name", [name for name in NETWORKS if "<" not in name])
def test_logits_are_the_networks_own_and_follow_from_the_features(name):
    network = build_network(name, class_count=7, width_multiplier=0.25).eval()
    with torch.inference_mode():
        expected = network(pixels())
    reader = read(network)
    features, logits = reader.read(IMAGES)
    assert torch.allclose(logits, expected, atol=1e-4)
    assert torch.allclose(features @ reader.weight.T + reader.bias, expected, atol=1e-4)
    assert features.shape == (12, reader.weight.shape[1])
    assert reader.class_count == 7


def test_the_feature_of_lenet5_is_its_second_hidden_layer():
    network = build_network("lenet5", class_count=10, feature_width=17, seed=4).eval()
    with torch.inference_mode():
        maps = nn.functional.max_pool2d(torch.relu(network.conv1(pixels())), 2)
        maps = nn.functional.max_pool2d(torch.relu(network.conv2(maps)), 2)
        expected = torch.relu(network.fc2(torch.relu(network.fc1(maps.flatten(1)))))
    reader = read(network)
    assert torch.allclose(reader.read(IMAGES)[0], expected, atol=1e-5)
    assert reader.classifier_name == "fc3"


def test_the_batch_size_does_not_change_what_is_read():
    reader = read(build_network("resnet18_cifar", class_count=5, width_multiplier=0.25))
    whole = reader.read(IMAGES)
    parts = [reader.read(IMAGES[start : start + 5]) for start in range(0, 12, 5)]
    for position in (0, 1):
        joined = torch.cat([part[position] for part in parts])
        assert torch.allclose(joined, whole[position], rtol=1e-4, atol=1e-5)


def test_the_number_of_threads_does_not_change_what_is_read():
    reader = read(build_network("vgg16_bn_cifar", class_count=5, width_multiplier=0.25))
    alone = reader.read(IMAGES)
    torch.set_num_threads(2)
    try:
        together = reader.read(IMAGES)
    finally:
        torch.set_num_threads(1)
    for found, expected in zip(together, alone, strict=True):
        assert torch.allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_the_classifier_is_the_last_layer_to_run_not_the_last_to_be_named():
    reader = read(Head(nn.Linear(8, 4)))
    assert reader.classifier_name == "head"
    assert reader.read(IMAGES)[0].shape == (12, 8)


def test_a_1x1_convolution_of_1x1_maps_is_a_classifier_without_bias():
    reader = read(Head(nn.Conv2d(8, 4, 1, bias=False), maps=True))
    features, logits = reader.read(IMAGES)
    assert (features.shape, logits.shape, reader.weight.shape) == ((12, 8), (12, 4), (4, 8))
    assert torch.equal(reader.bias, torch.zeros(4))


def test_a_network_that_flattens_with_view_keeps_its_layout():
    class Viewing(Head):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            maps = self.conv(images)
            return self.head(maps.view(len(maps), -1))

    network = Viewing(nn.Linear(8 * 30 * 30, 4))
    with torch.inference_mode():
        expected = network(pixels())
    assert torch.allclose(read(network).read(IMAGES)[1], expected, atol=1e-4)


def test_logits_may_come_in_an_object():
    class Wrapped(Head):
        def forward(self, images: torch.Tensor) -> SimpleNamespace:
            return SimpleNamespace(logits=super().forward(images))

    assert read(Wrapped(nn.Linear(8, 4))).read(IMAGES)[1].shape == (12, 4)


def test_dropout_is_off_and_nothing_tracks_gradients():
    reader = read(Head(nn.Sequential(nn.Dropout(0.9), nn.Linear(8, 4))))
    features, logits = reader.read(IMAGES)
    assert torch.equal(logits, reader.read(IMAGES)[1])
    assert not features.requires_grad and torch.any(features != 0)


@pytest.mark.parametrize("after", [nn.Tanh(), nn.ReLU(), nn.LayerNorm(4)])
def test_logits_changed_after_the_classifier_are_refused(after):
    torch.manual_seed(0)
    with pytest.raises(
        InputError, match=r"W·X \+ b of the last linear layer that runs \(head\.0\)"
    ):
        read(Head(nn.Sequential(nn.Linear(8, 4), after)))


def test_a_classifier_that_works_on_larger_maps_is_refused():
    network = build_network("torchvision:squeezenet1_1", class_count=4)
    with pytest.raises(InputError, match=r"linear layer"):
        read(network)


def test_other_outputs_and_no_classifier_are_refused():
    with pytest.raises(InputError, match=r"tensor of logits, .*found tuple"):

        class Two(Head):
            def forward(self, images: torch.Tensor) -> tuple[str, int]:
                return "logits", 1

        read(Two(nn.Linear(8, 4)))
    with pytest.raises(InputError, match=r"found none that runs"):
        read(Head(nn.Identity()))
    with pytest.raises(InputError, match=r"expected 10 outputs, .*found a network with 4"):
        read(Head(nn.Linear(8, 4)), class_count=10)


def test_images_of_a_size_that_the_network_cannot_take_are_refused():
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 28 * 28, 4))
    with pytest.raises(InputError, match=r"takes images of 32x32 pixels, found one that fails on"):
        read(network)


def test_weights_that_are_not_numbers_are_refused():
    network = Head(nn.Linear(8, 4))
    nn.init.constant_(network.head.weight, float("nan"))
    with pytest.raises(InputError, match=r"expected finite logits"):
        read(network)


def test_a_network_whose_weights_are_all_removed_can_be_read():
    network = Head(nn.Linear(8, 4))
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    features, logits = read(network).read(IMAGES)
    assert torch.all(features == 0) and torch.all(logits == 0)


def test_reading_in_batches_is_reading_all_at_once():
    reader = read(build_network("lenet5", class_count=5))
    whole = reader.read(IMAGES)
    for batch_size in (1, 5, 12, 100):
        reader.batch_size = batch_size
        for found, expected in zip(reader.read_in_batches(IMAGES), whole, strict=True):
            assert torch.allclose(found, expected, rtol=1e-4, atol=1e-5)
    features, logits = reader.read_in_batches(IMAGES[:0])
    assert (features.shape, logits.shape) == ((0, 84), (0, 5))


class Greedy(Head):
    """Runs out of memory with more than `limit` images, as a GPU does."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        super().__init__(nn.Linear(8, 4))
        self.limit = 1000

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if len(images) > self.limit:
            raise torch.OutOfMemoryError("out of memory")
        return super().forward(images)


def test_out_of_memory_halves_the_batch_and_goes_on():
    network = Greedy()
    reader = read(network)
    expected = reader.read(IMAGES)
    network.limit, reader.batch_size = 3, 12
    for found, wanted in zip(reader.read_in_batches(IMAGES), expected, strict=True):
        assert torch.allclose(found, wanted, rtol=1e-4, atol=1e-5)
    assert reader.batch_size == 3


def test_no_memory_for_one_image_and_other_faults_are_not_retried():
    network = Greedy()
    reader = read(network)
    network.limit = 0
    with pytest.raises(InputError, match=r"memory for one image on cpu, found too little"):
        reader.read_in_batches(IMAGES)
    network.limit = 1000
    with pytest.raises(RuntimeError, match=r"invalid for input"):
        reader.read_in_batches(IMAGES[..., :2])
