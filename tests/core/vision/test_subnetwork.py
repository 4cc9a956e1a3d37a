"""Effective weights and score gradients against loops in float64 NumPy."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from core.vision.masks import best_of_each_unit, masks_from_scores
from core.vision.subnetwork import (
    binarised,
    effective_weights,
    first_scores,
    freeze_the_rest,
    random_weights,
    signs_of,
)


def loss_by_hand(
    images: np.ndarray, labels: np.ndarray, filters: np.ndarray, rows: np.ndarray
) -> float:
    """Mean cross entropy of convolution (no padding), ReLU, flatten, linear layer; all loops."""
    total = 0.0
    size = images.shape[2] - filters.shape[2] + 1
    for image, label in zip(images, labels, strict=True):
        feature = [
            max(0.0, float((image[:, i : i + 2, j : j + 2] * one).sum()))
            for one in filters
            for i in range(size)
            for j in range(size)
        ]
        logits = [math.fsum(w * x for w, x in zip(row, feature, strict=True)) for row in rows]
        total += math.log(sum(math.exp(z) for z in logits)) - logits[label]
    return total / len(images)


def binarised_by_hand(weight: np.ndarray, score: np.ndarray, kept: int) -> np.ndarray:
    """Keep the `kept` highest |s| of one layer, each as α · sign(W)."""
    ranked = sorted(range(score.size), key=lambda i: abs(score.flat[i]))[-kept:]
    alpha = math.fsum(abs(weight.flat[i]) for i in ranked) / kept
    found = np.zeros(weight.size)
    for i in ranked:
        found[i] = math.copysign(alpha, weight.flat[i])
    return found.reshape(weight.shape)


@pytest.mark.parametrize("seed", range(3))
def test_forward_and_score_gradient_agree_with_an_independent_implementation(seed: int) -> None:
    generator = np.random.default_rng(seed)
    images, labels = generator.normal(size=(5, 2, 4, 4)), generator.integers(0, 3, 5)
    arrays = {
        "0.weight": generator.normal(size=(3, 2, 2, 2)),
        "3.weight": generator.normal(size=(3, 27)),
    }
    score_arrays = {name: generator.uniform(-1, 1, array.shape) for name, array in arrays.items()}

    network = nn.Sequential(
        nn.Conv2d(2, 3, 2, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(27, 3, bias=False)
    ).double()
    weights = {name: torch.from_numpy(array) for name, array in arrays.items()}
    scores = {n: torch.from_numpy(a.copy()).requires_grad_(True) for n, a in score_arrays.items()}
    keys = {name: score.detach().abs() for name, score in scores.items()}
    masks = masks_from_scores(keys, 0.5, scope="layerwise")
    effective = effective_weights(scores, weights, signs_of(weights), masks)
    logits = torch.func.functional_call(network, effective, (torch.from_numpy(images),))
    loss = nn.functional.cross_entropy(logits, torch.from_numpy(labels))
    loss.backward()

    by_hand = {
        name: binarised_by_hand(
            arrays[name], score_arrays[name], arrays[name].size - round(arrays[name].size / 2 + 0.1)
        )
        for name in arrays
    }
    for name, array in by_hand.items():
        assert np.allclose(effective[name].detach(), array, rtol=1e-12)
    assert float(loss.detach()) == pytest.approx(
        loss_by_hand(images, labels, *by_hand.values()), rel=1e-12
    )

    step = 1e-6
    for name, array in by_hand.items():
        for i in generator.choice(array.size, 12, replace=False):
            losses = []
            for sign in (1, -1):
                moved = {key: value.copy() for key, value in by_hand.items()}
                moved[name].flat[i] += sign * step
                losses.append(loss_by_hand(images, labels, *moved.values()))
            slope = (losses[0] - losses[1]) / (2 * step)
            expected = slope * arrays[name].flat[i] * np.sign(score_arrays[name].flat[i])
            assert float(scores[name].grad.view(-1)[i]) == pytest.approx(
                expected, rel=1e-4, abs=1e-8
            )


def test_dropped_weights_get_gradients_too_so_that_they_can_return() -> None:
    scores = {"w": torch.tensor([[0.9, -0.1]], requires_grad=True)}
    weights = {"w": torch.tensor([[2.0, -3.0]])}
    masks = {"w": torch.tensor([[True, False]])}
    effective = effective_weights(scores, weights, signs_of(weights), masks)["w"]
    assert effective.tolist() == [[2.0, 0.0]]
    (effective * torch.tensor([[5.0, 7.0]])).sum().backward()
    assert scores["w"].grad.tolist() == [[5.0 * 2.0, 7.0 * -3.0 * -1.0]]


def test_the_scale_divides_by_what_is_really_kept_and_an_empty_layer_has_none() -> None:
    weight = torch.tensor([1.0, -2.0, 3.0, -4.0])
    sign = signs_of({"w": weight})["w"]
    mask = torch.tensor([True, True, False, False])
    assert binarised(weight, sign, mask).tolist() == [1.5, -1.5, 0.0, 0.0]
    empty = torch.zeros(4, dtype=torch.bool)
    assert binarised(weight, sign, empty).tolist() == [0.0] * 4


@pytest.mark.parametrize("kept_share", [1.0, 0.1])
def test_random_weights_make_up_for_the_share_that_is_pruned(kept_share: float) -> None:
    """The output of a unit that keeps a share of its inputs has the variance of a full one."""
    shape = torch.Size([400, 1000])
    weight = random_weights({"w": shape}, kept_share=kept_share, seed=0)["w"]
    generator = torch.Generator().manual_seed(1)
    kept = torch.rand(shape, generator=generator) < kept_share
    outputs = (weight * kept) @ torch.randn(1000, 500, generator=generator)
    assert float(outputs.var()) == pytest.approx(2.0, rel=0.05)


def test_first_scores_favour_no_layer() -> None:
    scores = first_scores({"narrow": torch.Size([50, 20]), "wide": torch.Size([50, 2000])}, seed=0)
    keys = {name: score.abs() for name, score in scores.items()}
    masks = masks_from_scores(keys, 0.9, scope="global")
    assert float(masks["narrow"].float().mean()) == pytest.approx(0.1, abs=0.03)
    assert float(masks["wide"].float().mean()) == pytest.approx(0.1, abs=0.01)


def test_the_best_weight_of_every_unit_is_found() -> None:
    score = torch.tensor([[0.1, 0.5, 0.5], [3.0, 2.0, 1.0]])
    best = best_of_each_unit({"w": score})["w"]
    assert best.tolist() == [[False, True, False], [True, False, False]]


@pytest.mark.parametrize("affine", [True, False])
def test_what_is_not_prunable_starts_over(affine: bool) -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    with torch.no_grad():
        for tensor in network.state_dict().values():
            tensor.fill_(7)
    prunable = {name: network.get_parameter(name) for name in ("0.weight", "3.weight")}
    freeze_the_rest(network, prunable, affine=affine)
    assert network[0].bias.tolist() == [0.0] * 4
    assert network[3].bias.tolist() == [0.0] * 2
    assert network[1].weight.tolist() == [1.0] * 4
    assert network[1].running_mean.tolist() == [0.0] * 4
    trainable = [name for name, one in network.named_parameters() if one.requires_grad]
    assert trainable == (["1.weight", "1.bias"] if affine else [])
