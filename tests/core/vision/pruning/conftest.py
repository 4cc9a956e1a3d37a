import numpy as np
import pytest
import torch
from torch import nn

from core.vision.datasets import ImageSet
from core.vision.networks import Normalisation
from core.vision.training_data import TrainingData

CLASS_COUNT = 4
SIDE = 8


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def network() -> nn.Module:
    """A small network with everything that scoring must leave alone: batch norm and dropout."""
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 8, 3, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(),
        nn.Linear(32, 12),
        nn.ReLU(),
        nn.Linear(12, CLASS_COUNT),
    )
    return network.train()


@pytest.fixture
def images() -> ImageSet:
    """200 images whose class shows in their brightness by quarter."""
    generator = np.random.default_rng(0)
    labels = np.arange(200) % CLASS_COUNT
    pixels = generator.integers(0, 120, (200, SIDE, SIDE, 3))
    for row, label in enumerate(labels):
        top, left = divmod(int(label), 2)
        pixels[row, 4 * top : 4 * top + 4, 4 * left : 4 * left + 4] += 100
    names = tuple("abcd")
    return ImageSet(pixels.astype(np.uint8), labels.astype(np.int64), np.arange(200), names)


@pytest.fixture
def training(images: ImageSet) -> TrainingData:
    return TrainingData(images, Normalisation((0.35,) * 3, (0.2,) * 3), seed=3)
