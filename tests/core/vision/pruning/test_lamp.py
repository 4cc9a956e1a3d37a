"""LAMP against the formula in plain loops."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from core.vision.masks import kept_count, prunable_weights
from core.vision.pruning import prune
from core.vision.pruning.lamp import lamp_scores


def plain(weights: list[float]) -> list[float]:
    """w² over the sum of the squares that come no earlier in rising order."""
    order = sorted(range(len(weights)), key=lambda i: abs(weights[i]))
    scores = [0.0] * len(weights)
    for rank, place in enumerate(order):
        rest = sum(weights[i] ** 2 for i in order[rank:])
        scores[place] = weights[place] ** 2 / rest if rest else 0.0
    return scores


@settings(deadline=None)
@given(st.lists(st.sampled_from([-3.0, -1.0, -0.25, 0.0, 0.25, 1.0, 2.0]), min_size=1, max_size=30))
def test_scores_are_the_formulas(weights: list[float]) -> None:
    for dtype in (torch.float32, torch.float64):
        found = lamp_scores(torch.tensor(weights, dtype=dtype)).tolist()
        assert found == pytest.approx(plain(weights), rel=1e-12)


def test_a_layer_is_ranked_as_by_magnitude_and_its_largest_scores_one() -> None:
    weight = torch.randn(20, 30, generator=torch.Generator().manual_seed(0))
    scores = lamp_scores(weight)
    assert torch.equal(scores.flatten().argsort(), weight.abs().flatten().argsort())
    assert float(scores.max()) == 1.0


def test_no_layer_is_emptied_while_another_has_two_weights(network: nn.Module) -> None:
    """Where magnitude empties the layer of small weights, LAMP does not care about its scale."""
    with torch.no_grad():
        network[4].weight.mul_(1e-6)
    weights = prunable_weights(network)
    total = sum(weight.numel() for weight in weights.values())
    ratio = 1 - len(weights) / total
    (magnitude,) = prune("magnitude", network, ratios=[0.8])
    assert kept_count(magnitude.masks, ["4.weight"]) == 0
    (found,) = prune("lamp", network, ratios=[ratio])
    assert [kept_count(found.masks, [name]) for name in weights] == [1] * len(weights)
    for name, weight in weights.items():
        assert found.masks[name].flatten()[weight.abs().argmax()]
