import math

import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.accounting import account
from core.vision.networks import build_network
from core.vision.pruning import Pruned, prune
from core.vision.rebuilding import resize_like
from core.vision.training_data import TrainingData

CHANNELS = 6 + 8 + 12  # of the three layers whose outputs can go


def structured(
    network: nn.Module, training: TrainingData, ratios: list[float], **settings: object
) -> list[Pruned]:
    return list(prune("structured", network, ratios=ratios, training=training, **settings))  # type: ignore[arg-type]


def widths(network: nn.Module) -> list[int]:
    return [network[0].out_channels, network[4].out_channels, network[9].out_features]


@pytest.mark.parametrize("importance", ["magnitude", "taylor"])
@pytest.mark.parametrize("ratio", [0.0, 0.2, 0.5, 0.8])
def test_exactly_the_ratio_of_channels_goes(
    importance: str, ratio: float, network: nn.Module, training: TrainingData
) -> None:
    options = {"importance": importance, "batches": 2, "batch_size": 50}
    (found,) = structured(network, training, [ratio], options=options)
    kept = CHANNELS - math.floor(ratio * CHANNELS + 0.5)
    assert sum(widths(found.network)) == kept
    assert (found.details["channels"], found.details["channels_kept"]) == (CHANNELS, kept)
    assert found.network[11].out_features == 4


def test_layerwise_takes_the_ratio_of_each_layer(
    network: nn.Module, training: TrainingData
) -> None:
    (found,) = structured(network, training, [0.5], scope="layerwise")
    assert widths(found.network) == [3, 4, 6]


def test_one_channel_of_every_layer_stays(network: nn.Module, training: TrainingData) -> None:
    for scope in ("global", "layerwise"):
        (found,) = structured(network, training, [1.0], scope=scope)
        assert widths(found.network) == [1, 1, 1]


def test_filters_of_small_weights_go_first_and_the_rest_is_unchanged(
    network: nn.Module, training: TrainingData
) -> None:
    with torch.no_grad():
        network[0].weight[[1, 4]] *= 1e-3
        network[4].weight[:, [1, 4]] *= 1e-3
        network[1].weight[[1, 4]] *= 1e-3
    (found,) = structured(network, training, [2 / CHANNELS])
    assert widths(found.network) == [4, 8, 12]
    assert torch.equal(found.network[0].weight, network[0].weight[[0, 2, 3, 5]])
    assert torch.equal(found.network[1].running_var, network[1].running_var[[0, 2, 3, 5]])
    assert torch.equal(found.network[4].weight, network[4].weight[:, [0, 2, 3, 5]])


def test_dead_channels_can_go_without_a_trace(network: nn.Module, training: TrainingData) -> None:
    """The network without a channel computes what it computed while the channel gave zero."""
    with torch.no_grad():
        network[0].weight[2] = 0
        network[1].weight[2] = 0
        network[1].bias[2] = 0
        network[4].weight[:, 2] = 0
    pixels, _ = next(training.batches(batch_count=1, batch_size=30))
    (found,) = structured(network, training, [1 / CHANNELS])
    assert widths(found.network) == [5, 8, 12]
    network.eval(), found.network.eval()
    with torch.inference_mode():
        assert torch.allclose(found.network(pixels), network(pixels), atol=1e-6)


def test_the_accounts_are_those_of_the_smaller_network(
    network: nn.Module, training: TrainingData
) -> None:
    (found,) = structured(network, training, [0.5], scope="layerwise")
    counted = account(found.network, found.masks, torch.zeros(1, 3, 8, 8), dense=network)
    assert [row.kept for row in counted.layers] == [3 * 27, 4 * 27, 6 * 16, 4 * 6]
    assert [row.weights for row in counted.layers] == [6 * 27, 8 * 54, 12 * 32, 4 * 12]
    assert counted.macs_theoretical == 81 * 64 + 108 * 4 + 96 + 24


@pytest.mark.parametrize("name", ["lenet5", "alexnet_cifar", "vgg16_bn_cifar", "resnet18_cifar"])
def test_the_networks_of_the_studies_lose_channels_and_come_back_from_their_weights(
    name: str, training: TrainingData
) -> None:
    dense = build_network(name, class_count=4, width_multiplier=0.25)
    pixels = torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0))

    class OneImage:
        def batches(self, *, batch_count: int, batch_size: int):
            yield pixels[:1], torch.zeros(1, dtype=torch.int64)

    for scope in ("global", "layerwise"):
        (found,) = structured(dense, OneImage(), [0.4], scope=scope)  # type: ignore[arg-type]
        rebuilt = build_network(name, class_count=4, width_multiplier=0.25, seed=9)
        resize_like(rebuilt, found.network.state_dict())
        rebuilt.eval(), found.network.eval()
        with torch.inference_mode():
            assert torch.equal(rebuilt(pixels), found.network(pixels))
        assert account(found.network, found.masks, pixels[:1], dense=dense).sparsity > 0.4


def test_attention_is_refused(training: TrainingData) -> None:
    class Attending(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(4, 2)
            self.classifier = nn.Linear(4, 2)

    with pytest.raises(InputError, match="without attention for structured pruning"):
        structured(Attending(), training, [0.5])


def test_an_unknown_importance_is_refused(network: nn.Module, training: TrainingData) -> None:
    with pytest.raises(InputError, match="magnitude or taylor of structured, found 'hessian'"):
        structured(network, training, [0.5], options={"importance": "hessian"})
