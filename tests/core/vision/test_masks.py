import itertools
import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn
from torch.nn.utils import prune as torch_prune

from core.errors import InputError
from core.vision.masks import (
    apply_masks,
    full_masks,
    kept_count,
    masks_for_ratios,
    masks_from_scores,
    prunable_weights,
    removed_count,
    shuffle_layerwise,
)

layers_of_few_values = st.lists(
    st.lists(st.sampled_from([-1.0, -0.0, 0.0, 0.5, 2.0, math.inf]), min_size=1, max_size=12),
    min_size=1,
    max_size=4,
)
ratios = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))


def as_scores(layers: list[list[float]]) -> dict[str, torch.Tensor]:
    return {f"layer{i}.weight": torch.tensor(values) for i, values in enumerate(layers)}


def kept_by_stable_sort(values: list[float], ratio: float) -> list[bool]:
    removed = math.floor(ratio * len(values) + 0.5)
    gone = set(sorted(range(len(values)), key=lambda i: values[i])[:removed])
    return [i not in gone for i in range(len(values))]


@settings(deadline=None)
@given(layers=layers_of_few_values, ratio=ratios)
def test_masks_are_those_of_a_stable_sort_over_the_network(
    layers: list[list[float]], ratio: float
) -> None:
    masks = masks_from_scores(as_scores(layers), ratio, scope="global")
    found = [kept for mask in masks.values() for kept in mask.tolist()]
    assert found == kept_by_stable_sort([v for layer in layers for v in layer], ratio)


@settings(deadline=None)
@given(layers=layers_of_few_values, ratio=ratios)
def test_layerwise_masks_are_those_of_a_stable_sort_in_each_layer(
    layers: list[list[float]], ratio: float
) -> None:
    masks = masks_from_scores(as_scores(layers), ratio, scope="layerwise")
    assert [m.tolist() for m in masks.values()] == [kept_by_stable_sort(v, ratio) for v in layers]


@settings(deadline=None)
@given(
    layers=layers_of_few_values,
    asked=st.lists(ratios, min_size=1, max_size=5),
    scope=st.sampled_from(["global", "layerwise"]),
)
def test_a_sweep_gives_the_masks_of_each_ratio_alone_and_they_are_nested(
    layers: list[list[float]], asked: list[float], scope: str
) -> None:
    scores = as_scores(layers)
    asked = sorted(asked)
    sweep = list(masks_for_ratios(scores, asked, scope=scope))
    for ratio, masks in zip(asked, sweep, strict=True):
        alone = masks_from_scores(scores, ratio, scope=scope)
        assert all(torch.equal(masks[name], alone[name]) for name in scores)
    for lower, higher in itertools.pairwise(sweep):
        assert all(bool((lower[name] | ~higher[name]).all()) for name in scores)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_count_is_exact_in_every_precision(dtype: torch.dtype) -> None:
    scores = {"w": torch.arange(1000).remainder(37).to(dtype).view(10, 100)}
    masks = masks_from_scores(scores, 0.333, scope="global")
    assert kept_count(masks) == 667
    assert masks["w"].shape == (10, 100)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 200))
def test_removed_counts_round_halves_up(numerator: int, weight_count: int) -> None:
    ratio = min(numerator / 200, 1.0)
    exact = (2 * min(numerator, 200) * weight_count + 200) // 400
    assert abs(removed_count(ratio, weight_count) - exact) <= (ratio * weight_count % 1 != 0)
    assert removed_count(0.5, 3) == 2


@pytest.mark.parametrize("ratio", [-0.1, 1.1, math.nan])
def test_a_ratio_outside_0_to_1_is_refused(ratio: float) -> None:
    with pytest.raises(InputError, match="from 0 to 1"):
        masks_from_scores({"w": torch.ones(3)}, ratio, scope="global")


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(InputError, match="global, layerwise, uniform, erk; found 'local'"):
        masks_from_scores({"w": torch.ones(3)}, 0.5, scope="local")  # type: ignore[arg-type]


def test_a_score_that_is_not_a_number_is_refused_by_name() -> None:
    scores = {"a.weight": torch.ones(3), "b.weight": torch.tensor([1.0, math.nan])}
    with pytest.raises(InputError, match=r"NaN in b\.weight"):
        masks_from_scores(scores, 0.5, scope="layerwise")


def small_network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 5)
    )


def test_prunable_are_weights_of_convolutions_and_linear_layers() -> None:
    network = small_network()
    assert list(prunable_weights(network)) == ["0.weight", "4.weight"]
    assert list(prunable_weights(network, include_classifier=False)) == ["0.weight"]
    assert prunable_weights(network)["4.weight"] is network[4].weight


def test_a_shared_weight_is_prunable_once() -> None:
    network = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    network[1].weight = network[0].weight
    assert list(prunable_weights(network)) == ["0.weight"]


def test_a_network_with_nothing_to_prune_is_refused() -> None:
    with pytest.raises(InputError, match="found none in ReLU"):
        prunable_weights(nn.ReLU())


@settings(max_examples=20, deadline=None)
@given(ratio=st.floats(0, 1), seed=st.integers(0, 2**31))
def test_applied_masks_zero_what_is_removed_and_nothing_else(ratio: float, seed: int) -> None:
    network = small_network()
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    generator = torch.Generator().manual_seed(seed)
    scores = {
        n: torch.rand(w.shape, generator=generator) for n, w in prunable_weights(network).items()
    }
    masks = masks_from_scores(scores, ratio, scope="global")
    apply_masks(network, masks)
    for name, parameter in network.named_parameters():
        expected = np.where(masks[name], before[name], 0) if name in masks else before[name]
        assert np.array_equal(parameter.detach().numpy(), expected)


def test_masks_that_do_not_fit_are_refused() -> None:
    network = small_network()
    with pytest.raises(InputError, match=r"named 9\.weight"):
        apply_masks(network, {"9.weight": torch.ones(1, dtype=torch.bool)})
    with pytest.raises(InputError, match=r"shape \(5, 16\) for 4.weight, found \(2,\)"):
        apply_masks(network, {"4.weight": torch.ones(2, dtype=torch.bool)})


@settings(deadline=None)
@given(layers=layers_of_few_values, ratio=ratios, seed=st.integers(0, 2**31))
def test_a_layerwise_shuffle_keeps_every_layers_count(
    layers: list[list[float]], ratio: float, seed: int
) -> None:
    masks = masks_from_scores(as_scores(layers), ratio, scope="global")
    shuffled = shuffle_layerwise(masks, seed=seed)
    for name, mask in masks.items():
        assert shuffled[name].sum() == mask.sum()
        assert shuffled[name].shape == mask.shape


def test_a_layerwise_shuffle_moves_weights_and_repeats_with_its_seed() -> None:
    masks = {"w": torch.arange(1000).view(10, 100) < 500}
    shuffled = shuffle_layerwise(masks, seed=1)
    assert 150 < int((shuffled["w"] & masks["w"]).sum()) < 350
    assert torch.equal(shuffled["w"], shuffle_layerwise(masks, seed=1)["w"])
    assert not torch.equal(shuffled["w"], shuffle_layerwise(masks, seed=2)["w"])


def test_full_masks_keep_everything() -> None:
    assert kept_count(full_masks(small_network())) == 4 * 27 + 80


def test_ties_in_weights_that_lie_channel_last_in_memory_are_broken_alike() -> None:
    score = torch.arange(48).remainder(5).float().view(2, 6, 2, 2)
    expected = masks_from_scores({"w": score}, 0.5, scope="global")["w"]
    moved = score.to(memory_format=torch.channels_last)
    assert torch.equal(masks_from_scores({"w": moved}, 0.5, scope="global")["w"], expected)


@settings(deadline=None)
@given(layers=layers_of_few_values, asked=ratios, scope=st.sampled_from(["global", "layerwise"]))
def test_protected_weights_stay_and_the_rest_goes_in_its_order(
    layers: list[list[float]], asked: float, scope: str
) -> None:
    scores = as_scores(layers)
    protected = {name: torch.arange(len(score)) % 3 == 1 for name, score in scores.items()}
    masks = masks_from_scores(scores, asked, scope=scope, protected=protected)
    pools = [list(scores)] if scope == "global" else [[name] for name in scores]
    for pool in pools:
        values = [
            (v, bool(p))
            for n in pool
            for v, p in zip(scores[n].tolist(), protected[n], strict=True)
        ]
        removed = min(removed_count(asked, len(values)), sum(not p for _, p in values))
        free = [i for i, (_, is_protected) in enumerate(values) if not is_protected]
        gone = set(sorted(free, key=lambda i: values[i][0])[:removed])
        found = [kept for name in pool for kept in masks[name].tolist()]
        assert found == [i not in gone for i in range(len(values))]


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_the_masks_are_those_of_torch_nn_utils_prune(ratio: float, scope: str) -> None:
    torch.manual_seed(0)
    ours, theirs = small_network(), small_network()
    theirs.load_state_dict(ours.state_dict())
    scores = {name: weight.abs() for name, weight in prunable_weights(ours).items()}
    masks = masks_from_scores(scores, ratio, scope=scope)
    layers = [(theirs[0], "weight"), (theirs[4], "weight")]
    if scope == "global":
        torch_prune.global_unstructured(layers, torch_prune.L1Unstructured, amount=ratio)
    else:
        for layer, name in layers:
            torch_prune.l1_unstructured(layer, name, amount=ratio)
    for index in (0, 4):
        assert torch.equal(masks[f"{index}.weight"], theirs[index].weight_mask.bool())
    apply_masks(ours, masks)
    pixels = torch.randn(2, 3, 4, 4)
    assert torch.equal(ours.eval()(pixels), theirs.eval()(pixels))
