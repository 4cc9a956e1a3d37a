"""SNIP and SynFlow against small implementations of their formulas."""

import copy
import itertools

import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.masks import kept_count, masks_from_scores, prunable_weights
from core.vision.pruning import METHODS, prune, prunes_at_initialisation
from core.vision.pruning.synflow import flow_scores
from core.vision.training_data import TrainingData


def test_these_two_and_no_other_are_for_untrained_networks() -> None:
    assert [m for m in METHODS if prunes_at_initialisation(m)] == ["snip", "synflow"]


def test_snip_is_the_gradient_of_a_factor_on_each_weight(
    network: nn.Module, training: TrainingData
) -> None:
    """∂L/∂c at c = 1, by differentiating for c itself, in float64."""
    exact = copy.deepcopy(network).double().eval()
    weights = {name: w.detach() for name, w in prunable_weights(exact).items()}
    factors = {name: torch.ones_like(w, requires_grad=True) for name, w in weights.items()}
    ((pixels, labels),) = training.batches(batch_count=1, batch_size=128)
    logits = torch.func.functional_call(
        exact, {name: factors[name] * weights[name] for name in weights}, (pixels.double(),)
    )
    nn.functional.cross_entropy(logits, labels).backward()
    scores = {name: factor.grad.abs() for name, factor in factors.items()}
    for ratio in (0.4, 0.9):
        (found,) = prune("snip", network, ratios=[ratio], training=training)
        expected = masks_from_scores(scores, ratio, scope="global")
        assert sum(int((found.masks[n] != expected[n]).sum()) for n in expected) <= 2


def chain(*sizes: int) -> nn.Module:
    layers = [
        layer
        for one, other in itertools.pairwise(sizes)
        for layer in (nn.Linear(one, other), nn.ReLU())
    ]
    return nn.Sequential(nn.Flatten(), *layers[:-1])


def plain_flow(
    weights: list[list[list[float]]], biases: list[list[float]]
) -> list[list[list[float]]]:
    """Paths through |w|, counted from both ends: score of w_ij = in_j · |w_ij| · out_i."""
    values = [[1.0] * len(weights[0][0])]
    for weight, bias in zip(weights, biases, strict=True):
        values.append(
            [
                sum(abs(w) * v for w, v in zip(row, values[-1], strict=True)) + abs(b)
                for row, b in zip(weight, bias, strict=True)
            ]
        )
    onward = [[1.0] * len(weights[-1])]
    for weight in reversed(weights[1:]):
        onward.insert(
            0,
            [
                sum(abs(weight[i][j]) * onward[0][i] for i in range(len(weight)))
                for j in range(len(weight[0]))
            ],
        )
    return [
        [
            [values[k][j] * abs(w) * onward[k][i] for j, w in enumerate(row)]
            for i, row in enumerate(weight)
        ]
        for k, weight in enumerate(weights)
    ]


def test_flow_is_the_sum_over_paths() -> None:
    torch.manual_seed(0)
    network = chain(12, 5, 4, 3)
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    masks = {n: torch.rand_like(w) > 0.3 for n, w in prunable_weights(network).items()}
    before = copy.deepcopy(network.state_dict())
    found = flow_scores(network, masks, torch.ones(1, 3, 2, 2))
    masked = [
        layer.weight.detach() * mask for layer, mask in zip(layers, masks.values(), strict=True)
    ]
    expected = plain_flow([w.tolist() for w in masked], [layer.bias.tolist() for layer in layers])
    for score, plain in zip(found.values(), expected, strict=True):
        torch.testing.assert_close(
            score, torch.tensor(plain, dtype=torch.float64), rtol=1e-6, atol=0
        )
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_flow_is_conserved_from_layer_to_layer() -> None:
    """Without biases every layer's scores sum to R."""
    torch.manual_seed(0)
    network = chain(12, 6, 5, 4)
    for layer in network:
        if isinstance(layer, nn.Linear):
            nn.init.zeros_(layer.bias)
    masks = {n: torch.ones_like(w, dtype=torch.bool) for n, w in prunable_weights(network).items()}
    sums = [float(s.sum()) for s in flow_scores(network, masks, torch.ones(1, 3, 2, 2)).values()]
    assert sums == pytest.approx([sums[0]] * 3, rel=1e-12)


def test_the_steps_are_those_of_algorithm_1(network: nn.Module, training: TrainingData) -> None:
    (found,) = prune("synflow", network, ratios=[0.9], training=training, options={"steps": 4})
    masks = {n: torch.ones_like(w, dtype=torch.bool) for n, w in prunable_weights(network).items()}
    total = kept_count(masks)
    for step in (1, 2, 3, 4):
        exact = copy.deepcopy(network).double().eval()
        for value in exact.state_dict().values():
            value.abs_()
        weights = prunable_weights(exact)
        for name, weight in weights.items():
            weight.data *= masks[name]
        exact(torch.ones(1, 3, 8, 8, dtype=torch.float64)).sum().backward()
        scores = {n: (w.grad * w).detach().abs() for n, w in weights.items()}
        ordered = sorted(
            (float(score), place, name)
            for name, values in scores.items()
            for place, score in enumerate(values.flatten())
            if masks[name].flatten()[place]
        )
        gone = round((1 - 0.1 ** (step / 4)) * total) - (total - kept_count(masks))
        for _, place, name in ordered[:gone]:
            masks[name].view(-1)[place] = False
    assert all(torch.equal(found.masks[name], masks[name]) for name in masks)


def test_synflow_empties_no_layer_where_magnitude_and_snip_do(training: TrainingData) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Flatten(),
        nn.Linear(192, 100, bias=False),
        nn.ReLU(),
        nn.Linear(100, 100, bias=False),
        nn.ReLU(),
        nn.Linear(100, 4, bias=False),
    )
    with torch.no_grad():
        network[3].weight.mul_(1e-3)
    ratio = 1 - 12 / sum(w.numel() for w in network.parameters())
    (magnitude,) = prune("magnitude", network, ratios=[ratio])
    (found,) = prune("synflow", network, ratios=[ratio], training=training)
    assert kept_count(magnitude.masks, ["3.weight"]) == 0
    assert min(kept_count(found.masks, [name]) for name in found.masks) >= 1
    assert kept_count(found.masks) == 12


@pytest.mark.parametrize(
    ("method", "options"), [("snip", {"batches": 0}), ("synflow", {"steps": 0})]
)
def test_options_out_of_range_are_refused(
    method: str, options: dict, network: nn.Module, training: TrainingData
) -> None:
    with pytest.raises(InputError, match=f"expected at least 1 .* {method}"):
        prune(method, network, ratios=[0.5], training=training, options=options)
