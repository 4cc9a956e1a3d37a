import copy

import numpy as np
import pytest
import torch
from torch import nn

from core.vision.datasets import ImageSet
from core.vision.networks import Normalisation
from core.vision.recalibration import recalibrate_batch_norm
from core.vision.training_data import TrainingData


@pytest.fixture
def training() -> TrainingData:
    pixels = np.random.default_rng(0).integers(0, 256, (96, 6, 6, 3), dtype=np.uint8)
    images = ImageSet(pixels, np.zeros(96, dtype=np.int64), np.arange(96), ("only",))
    return TrainingData(images, Normalisation((0.5,) * 3, (0.25,) * 3))


def batch_norm_network() -> nn.Module:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), nn.Flatten(), nn.Linear(64, 2)
    )
    with torch.no_grad():
        network[1].running_mean.fill_(9)
        network[1].running_var.fill_(9)
    return network


def test_statistics_are_those_of_the_training_images(training: TrainingData) -> None:
    network = batch_norm_network()
    assert recalibrate_batch_norm(network, training, batch_count=3, batch_size=32) == 1
    pixels, _ = next(training.batches(batch_count=1, batch_size=96))
    outputs = network[0](pixels).transpose(0, 1).flatten(1)
    assert torch.allclose(network[1].running_mean, outputs.mean(1), atol=1e-5)
    assert torch.allclose(network[1].running_var, outputs.var(1), rtol=2e-2)


def test_nothing_else_changes(training: TrainingData) -> None:
    network = batch_norm_network()
    network[2].train(), network[1].eval()
    before = copy.deepcopy(network.state_dict())
    recalibrate_batch_norm(network, training, batch_count=1, batch_size=8)
    changed = [n for n, value in network.state_dict().items() if not torch.equal(value, before[n])]
    assert changed == ["1.running_mean", "1.running_var", "1.num_batches_tracked"]
    assert (network[1].training, network[2].training, network[1].momentum) == (False, True, 0.1)


def test_it_depends_on_the_images_alone_not_on_the_old_statistics(training: TrainingData) -> None:
    first, second = batch_norm_network(), batch_norm_network()
    second[1].reset_running_stats()
    for network in (first, second):
        recalibrate_batch_norm(network, training, batch_count=2, batch_size=16)
    assert torch.equal(first[1].running_mean, second[1].running_mean)


def test_a_network_without_batch_norm_is_left_alone(training: TrainingData) -> None:
    assert recalibrate_batch_norm(nn.Sequential(nn.Flatten(), nn.Linear(108, 2)), training) == 0
