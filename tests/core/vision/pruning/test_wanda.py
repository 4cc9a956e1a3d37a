"""Wanda against patches written out in plain loops, float64."""

import itertools
import math

import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.input_norms import input_norms
from core.vision.masks import kept_count, prunable_weights
from core.vision.pruning import prune
from core.vision.pruning.wanda import ranks_by_output
from core.vision.training_data import TrainingData


def patch_norms(layer: nn.Conv2d, inputs: torch.Tensor, unit: int) -> torch.Tensor:
    """‖X_j‖ over images and places of each input j of one output, by reading patch after patch."""
    (top, left), (down, right) = layer.padding, layer.stride
    across, along = layer.dilation
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    padded = nn.functional.pad(inputs.double(), (left, left, top, top), mode=mode)
    _, channels, kernel_rows, kernel_columns = layer.weight.shape
    first = unit // (layer.out_channels // layer.groups) * channels
    rows, columns = layer(inputs).shape[2:]
    found = torch.zeros(channels, kernel_rows, kernel_columns, dtype=torch.float64)
    for c, i, j in itertools.product(range(channels), range(kernel_rows), range(kernel_columns)):
        for image, row, column in itertools.product(
            range(len(inputs)), range(rows), range(columns)
        ):
            y, x = row * down + i * across, column * right + j * along
            found[c, i, j] += padded[image, first + c, y, x] ** 2
    return found.sqrt()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"padding": 1, "stride": 2},
        {"groups": 2, "padding": (1, 0)},
        {"groups": 4},
        {"dilation": 2, "padding": 2},
        {"padding": 1, "padding_mode": "circular"},
    ],
)
def test_norms_of_a_convolution_are_those_of_its_patches(settings: dict) -> None:
    torch.manual_seed(0)
    layer = nn.Conv2d(4, 8, (3, 2), **settings)
    inputs = torch.randn(3, 4, 7, 6)
    batches = [(inputs[:2], torch.zeros(2)), (inputs[2:], torch.zeros(1))]
    found = input_norms(layer, prunable_weights(layer), batches)["weight"]
    assert len(found) == (1 if layer.groups == 1 else 8)
    for unit in range(8):
        expected = patch_norms(layer, inputs, unit)
        torch.testing.assert_close(found[unit % len(found)], expected, rtol=1e-6, atol=1e-9)


def test_norms_of_a_linear_layer_are_over_images_and_tokens() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(5, 3)
    inputs = torch.randn(4, 7, 5)
    found = input_norms(layer, prunable_weights(layer), [(inputs, torch.zeros(4))])["weight"]
    expected = [
        math.sqrt(sum(float(inputs[n, t, j]) ** 2 for n in range(4) for t in range(7)))
        for j in range(5)
    ]
    assert found.shape == (1, 5)
    assert found.flatten().tolist() == pytest.approx(expected, rel=1e-6)


def test_every_output_loses_its_lowest_products(network: nn.Module, training: TrainingData) -> None:
    """The whole method by hand: eval mode, two batches, each row sorted."""
    options = {"batches": 2, "batch_size": 30}
    (found,) = prune(
        "wanda", network, ratios=[0.5], scope="layerwise", training=training, options=options
    )
    network.eval()
    inputs: dict[str, list[torch.Tensor]] = {}
    names = [name.removesuffix(".weight") for name in prunable_weights(network)]
    for name in names:
        network.get_submodule(name).register_forward_pre_hook(
            lambda _layer, given, name=name: inputs.setdefault(name, []).append(given[0].detach())
        )
    for pixels, _ in training.batches(batch_count=2, batch_size=30):
        network(pixels)
    for name in names:
        layer = network.get_submodule(name)
        seen = torch.cat(inputs[name])
        if isinstance(layer, nn.Conv2d):
            norm = patch_norms(layer, seen, 0)
        else:
            norm = seen.double().square().sum(0).sqrt()
        for unit, weight in enumerate(layer.weight.detach().double()):
            scores = (weight.abs() * norm).flatten()
            kept = found.masks[f"{name}.weight"][unit].flatten()
            gone = len(kept) - int(kept.sum())
            assert abs(gone - len(kept) / 2) <= 0.5
            assert float(scores[~kept].max()) <= float(scores[kept].min()) * (1 + 1e-6)


@pytest.mark.parametrize("scope", ["global", "layerwise", "uniform", "erk"])
def test_outputs_of_a_layer_lose_the_same_share(
    scope: str, network: nn.Module, training: TrainingData
) -> None:
    (found,) = prune(
        "wanda", network, ratios=[0.7], scope=scope, training=training, options={"batches": 1}
    )
    for name, mask in found.masks.items():
        counts = [kept_count({"": row}) for row in mask.flatten(1)]
        assert max(counts) - min(counts) <= 1, name


def test_ranks_are_by_output_and_the_first_of_equals_is_lower() -> None:
    found = ranks_by_output(torch.tensor([[3.0, 1.0, 1.0, 2.0], [0.0, 0.0, 0.0, 0.0]]))
    assert found.tolist() == [[0.875, 0.125, 0.375, 0.625], [0.125, 0.375, 0.625, 0.875]]


def test_options_out_of_range_are_refused(network: nn.Module, training: TrainingData) -> None:
    with pytest.raises(InputError, match="at least 1 batch of 1 image for wanda"):
        prune("wanda", network, ratios=[0.5], training=training, options={"batches": 0})
