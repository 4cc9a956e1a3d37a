"""Connected weights against a search for paths in plain loops."""

import itertools

import pytest
import torch
from torch import nn

from core.vision.connectivity import connected_weights, effective_sparsity
from core.vision.masks import full_masks, prunable_weights
from core.vision.networks import build_network

EXAMPLE = torch.zeros(1, 3, 2, 2)


def mlp() -> nn.Module:
    return nn.Sequential(
        nn.Flatten(), nn.Linear(12, 6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4)
    )


def on_a_path(masks: list[torch.Tensor]) -> list[torch.Tensor]:
    """Every path from an input to an output is walked and its weights are marked."""
    found = [torch.zeros_like(mask) for mask in masks]
    sizes = [masks[0].shape[1], *(len(mask) for mask in masks)]
    for path in itertools.product(*map(range, sizes)):
        steps = list(itertools.pairwise(path))
        if all(masks[k][end, start] for k, (start, end) in enumerate(steps)):
            for k, (start, end) in enumerate(steps):
                found[k][end, start] = True
    return found


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_weight_is_connected_where_a_path_leads_through_it(share: float, seed: int) -> None:
    network = mlp()
    generator = torch.Generator().manual_seed(seed)
    masks = {
        n: torch.rand(w.shape, generator=generator) >= share
        for n, w in prunable_weights(network).items()
    }
    found = connected_weights(network, masks, EXAMPLE)
    assert found is not None
    for mask, expected in zip(found.values(), on_a_path(list(masks.values())), strict=True):
        assert torch.equal(mask, expected)
    connected = sum(int(mask.sum()) for mask in on_a_path(list(masks.values())))
    assert effective_sparsity(network, masks, EXAMPLE) == pytest.approx(1 - connected / 122)


def test_a_way_round_an_emptied_layer_connects() -> None:
    """In a residual block the shortcut carries on; without it nothing does."""

    class Block(nn.Module):
        def __init__(self, *, shortcut: bool) -> None:
            super().__init__()
            self.stem = nn.Conv2d(3, 4, 1)
            self.inner = nn.Conv2d(4, 4, 3, padding=1)
            self.norm = nn.BatchNorm2d(4)
            self.pool = nn.MaxPool2d(2)
            self.head = nn.Linear(4, 2)
            self.shortcut = shortcut

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            first = self.stem(pixels)
            second = self.norm(self.inner(first)) + (first if self.shortcut else 0)
            return self.head(self.pool(second.relu()).flatten(1))

    for shortcut in (True, False):
        network = Block(shortcut=shortcut)
        masks = full_masks(network)
        masks["inner.weight"][:] = False
        found = connected_weights(network, masks, EXAMPLE)
        assert found is not None
        for name in ("stem.weight", "head.weight"):
            assert bool(found[name].all()) == bool(found[name].any()) == shortcut
        assert not found["inner.weight"].any()


def test_a_channel_that_nothing_reads_makes_its_filter_useless() -> None:
    network = build_network("lenet5", class_count=10)
    masks = full_masks(network)
    masks["conv2.weight"][:, 2] = False
    masks["fc2.weight"][7] = False
    found = connected_weights(network, masks, torch.zeros(1, 3, 32, 32))
    assert found is not None
    assert not found["conv1.weight"][2].any()
    assert found["conv1.weight"][[0, 1, 3, 4, 5]].all()
    assert not found["fc3.weight"][:, 7].any()
    assert found["fc3.weight"][:, :7].all()


@pytest.mark.parametrize("name", ["alexnet_cifar", "vgg16_bn_cifar", "resnet18_cifar"])
def test_whole_networks_are_connected_and_left_as_they_are(name: str) -> None:
    network = build_network(name, class_count=10, width_multiplier=0.125)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    masks = full_masks(network)
    assert effective_sparsity(network, masks, torch.zeros(1, 3, 32, 32)) == 0.0
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_what_is_not_positive_throughout_is_not_judged() -> None:
    class Attending(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Linear(4, 8)
            self.query, self.key, self.value = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            tokens = self.stem(pixels.flatten(2))
            weight = (self.query(tokens) @ self.key(tokens).transpose(1, 2)).softmax(-1)
            return (weight @ self.value(tokens)).mean(1)

    network = Attending()
    assert effective_sparsity(network, full_masks(network), EXAMPLE) is None
