"""The one finder of the classifier: heads of every kind, and networks that have none."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from core.errors import InputError
from core.vision.classifier import find_classifier
from core.vision.inference import FeatureReader
from core.vision.masks import prunable_weights
from core.vision.networks import Normalisation

torch.set_num_threads(1)
RAW = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
PIXELS = torch.from_numpy(IMAGES.transpose(0, 3, 1, 2).copy()) / 255


@dataclass
class Answer:
    features: torch.Tensor
    logits: torch.Tensor


Named = namedtuple("Named", ["logits", "aux_logits"])


class Net(nn.Module):
    """Sixteen mean features of a convolution, and a head that `answer` makes an output of."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.conv = nn.Conv2d(3, 16, 3, stride=2)
        self.fc = nn.Linear(16, 10)
        self.other = nn.Linear(16, 10)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        maps = functional.relu(self.conv(images))
        return functional.adaptive_avg_pool2d(maps, 1).flatten(1)

    def forward(self, images: torch.Tensor):
        features = self.features(images)
        return self.answer(features, self.fc(features))


HEADS = {
    "log_softmax": lambda net, x, z: functional.log_softmax(z, 1),
    "less the largest": lambda net, x, z: z - z.amax(1, keepdim=True),
    "softmax": lambda net, x, z: z.softmax(1),
    "tuple": lambda net, x, z: (z, x),
    "features first": lambda net, x, z: [x, z],
    "dictionary": lambda net, x, z: {"features": x, "logits": z},
    "dictionary of another key": lambda net, x, z: {"embedding": x, "out": z},
    "dataclass": lambda net, x, z: Answer(x, z),
    "named tuple": lambda net, x, z: Named(z, net.other(x)),
    "a second head runs later": lambda net, x, z: (z, net.other(x))[0],
    "four dimensions": lambda net, x, z: z[:, :, None, None],
}


@pytest.mark.parametrize("head", HEADS)
def test_the_layer_that_gives_the_output_is_found_whatever_the_output_is(head):
    class Answering(Net):
        def answer(self, features, logits):
            return HEADS[head](self, features, logits)

    network = Answering().eval()
    with torch.no_grad():
        features = network.features(PIXELS)
        logits = network.fc(features)
    reader = FeatureReader(network, RAW, "cpu", IMAGES, class_count=10)
    found = reader.read(IMAGES)
    assert reader.classifier_name == "fc"
    assert torch.allclose(found[0], features, atol=1e-5)
    assert torch.allclose(found[1], logits, atol=1e-4)
    assert bool(reader.note) == (head in ("log_softmax", "less the largest", "softmax"))


class Positions(nn.Module):
    """A head that runs at every position, and the mean or the first of its answers."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.kind = kind
        self.conv = nn.Conv2d(3, 16, 3, stride=4)
        self.head = nn.Linear(16, 5) if "linear" in kind else nn.Conv2d(16, 5, 1)
        if kind == "convolution over everything":
            self.head = nn.Conv2d(16, 5, 8)

    def forward(self, images):
        maps = functional.relu(self.conv(images))
        if "linear" not in self.kind:
            return self.head(maps).mean((2, 3))
        tokens = self.head(maps.flatten(2).transpose(1, 2))
        return tokens.mean(1) if "mean" in self.kind else tokens[:, 0]


@pytest.mark.parametrize(
    ("kind", "reduce"),
    [
        ("mean of a 1x1 convolution", lambda maps: maps.mean((2, 3))),
        ("convolution over everything", lambda maps: maps.flatten(1)),
        ("mean of linear", lambda maps: maps.mean((2, 3))),
        ("first of linear", lambda maps: maps[:, :, 0, 0]),
    ],
)
def test_a_head_that_runs_at_positions_is_w_x_plus_b(kind, reduce):
    network = Positions(kind).eval()
    with torch.no_grad():
        expected = network(PIXELS)
        features = reduce(functional.relu(network.conv(PIXELS)))
    reader = FeatureReader(network, RAW, "cpu", IMAGES, class_count=5)
    found, logits = reader.read(IMAGES)
    assert torch.allclose(found, features, atol=1e-5)
    assert torch.allclose(found @ reader.weight.T + reader.bias, expected, atol=1e-4)
    assert torch.allclose(logits, expected, atol=1e-4)


@pytest.mark.parametrize("call", [0, 1])
def test_of_a_layer_that_runs_twice_the_call_that_gives_the_output_counts(call):
    class Twice(Net):
        def forward(self, images):
            features = self.features(images)
            return [self.fc(features), self.fc(2 * features)][call]

    network = Twice().eval()
    found = find_classifier(network, PIXELS)
    assert (found.name, found.call) == ("fc", call)
    features, _ = FeatureReader(network, RAW, "cpu", IMAGES).read(IMAGES)
    assert torch.allclose(features, (1 + call) * network.features(PIXELS), atol=1e-5)


def test_what_is_left_out_of_pruning_is_the_layer_that_gives_the_output():
    class First(Net):
        def answer(self, features, logits):
            return logits

    network = First()
    name = find_classifier(network, PIXELS).name
    assert list(prunable_weights(network, include_classifier=False, classifier=name)) == [
        "conv.weight",
        "other.weight",
    ]


class RandomDropout(Net):
    def answer(self, features, logits):
        return self.fc(functional.dropout(features, 0.5))


class Noise(Net):
    def answer(self, features, logits):
        return self.fc(features + 0.1 * torch.randn_like(features))


class BatchStatistics(Net):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(16, track_running_stats=False)

    def answer(self, features, logits):
        return self.fc(self.norm(features))


class Counting(Net):
    calls = 0

    def answer(self, features, logits):
        self.calls += 1
        return self.fc(features * self.calls)


class BatchOfTwo(Net):
    def answer(self, features, logits):
        assert len(features) > 1, "one is too few"
        return logits


@pytest.mark.parametrize(
    ("network", "found"),
    [
        (BatchOfTwo, "others in a batch of one: one is too few"),
        (RandomDropout, "others a second time"),
        (Noise, "others a second time"),
        (Counting, "others a second time"),
        (BatchStatistics, "others in a batch of 3"),
    ],
)
def test_a_network_that_is_no_function_of_the_image_is_refused(network, found):
    with pytest.raises(InputError, match=rf"same logits for the same images, found {found}"):
        FeatureReader(network(), RAW, "cpu", IMAGES)


class Asserting(nn.Module):
    def __init__(self, side, channels=3):
        super().__init__()
        self.side, self.patch = side, nn.Conv2d(channels, 4, 4)
        self.head = nn.Linear(4, 5)

    def forward(self, images):
        assert images.shape[-1] == self.side, "another size"
        return self.head(self.patch(images).mean((2, 3)))


class Viewing(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 5)

    def forward(self, images):
        return self.fc(images.reshape(-1, 784))


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (
            Asserting(224),
            r"32x32 pixels, found .*AssertionError: another size; set image_size = 224",
        ),
        (Asserting(28), r"set image_size = 28"),
        (Asserting(77), r"AssertionError: another size$"),
        (Asserting(32, channels=1), r"fails on them in patch: RuntimeError: "),
        (
            nn.Sequential(nn.Flatten(), nn.Linear(3 * 28 * 28, 5)),
            r"fails on them in 1: RuntimeError.*set image_size = 28",
        ),
    ],
)
def test_whatever_a_forward_pass_raises_is_one_sentence(network, sentence):
    with pytest.raises(InputError, match=sentence):
        FeatureReader(network, RAW, "cpu", IMAGES)


def test_rows_that_are_not_images_are_refused():
    images = np.zeros((4, 28, 28, 3), np.uint8)
    with pytest.raises(InputError, match=r"each of 4 images, found an output of shape \(12, 5\)"):
        FeatureReader(Viewing(), RAW, "cpu", images)
