import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.rebuilding import resize_like


def network(width: int, groups: int = 1) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1),
        nn.BatchNorm2d(width),
        nn.Conv2d(width, width, 3, padding=1, groups=width if groups == -1 else groups),
        nn.GroupNorm(1, width),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.LayerNorm(width),
        nn.Linear(width, 3),
    )


@pytest.mark.parametrize("groups", [1, 2, -1], ids=["full", "grouped", "depthwise"])
def test_a_resized_network_computes_and_describes_itself_as_the_smaller_one(groups: int) -> None:
    small, resized = network(4, groups), network(10, groups)
    resize_like(resized, small.state_dict())
    pixels = torch.randn(2, 3, 5, 5)
    small.eval(), resized.eval()
    assert torch.equal(small(pixels), resized(pixels))
    assert repr(small) == repr(resized)


def test_a_resized_network_can_be_trained() -> None:
    resized = network(10)
    resize_like(resized, network(4).state_dict())
    resized.train()(torch.randn(2, 3, 5, 5)).sum().backward()
    assert all(parameter.grad is not None for parameter in resized.parameters())


def test_the_same_shapes_are_simply_loaded() -> None:
    one, other = network(4), network(4)
    weight = other[0].weight
    resize_like(other, one.state_dict())
    assert other[0].weight is weight
    assert torch.equal(weight, one[0].weight)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("0.bias"), r"missed 0\.bias"),
        (lambda state: state.update(extra=torch.ones(1)), "found extra"),
        (lambda state: state.update({"0.bias": torch.ones(11)}), r"at most the shape \(10,\)"),
        (lambda state: state.update({"0.bias": torch.ones(1, 1)}), r"at most the shape \(10,\)"),
    ],
)
def test_weights_of_another_network_are_refused(change, sentence: str) -> None:
    state = network(4).state_dict()
    change(state)
    with pytest.raises(InputError, match=sentence):
        resize_like(network(10), state)


def test_a_layer_that_cannot_lose_channels_is_refused() -> None:
    with pytest.raises(InputError, match="found PReLU 0"):
        resize_like(nn.Sequential(nn.PReLU(4)), {"0.weight": torch.ones(2)})
