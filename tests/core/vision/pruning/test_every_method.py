"""Laws that hold for every method; each method's own numbers are tested in its own file."""

import copy
import dataclasses
import itertools
import json

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.accounting import account
from core.vision.datasets import ImageSet, Splits
from core.vision.layer_budgets import erdos_renyi_kernel
from core.vision.masks import kept_count, prunable_weights, removed_count
from core.vision.networks import Normalisation
from core.vision.pruning import METHODS, Pruned, prune, reads_training_data
from core.vision.rebuilding import resize_like
from core.vision.training_data import TrainingData

QUICK = {
    "multi_prize": {"epochs": 2, "batch_size": 50},
    "taylor": {"batches": 3, "batch_size": 32},
    "structured": {"importance": "taylor", "batches": 3, "batch_size": 32},
    "layerwise_shuffle": {"of": "taylor"},
    "wanda": {"batches": 3, "batch_size": 32},
    "fisher": {"images": 20},
    "synflow": {"steps": 10},
}
ONE_SHOT = [method for method in METHODS if method not in ("multi_prize", "structured")]
NESTED = [method for method in ONE_SHOT if method not in ("layerwise_shuffle", "synflow")]
UNSTRUCTURED = [method for method in METHODS if method != "structured"]
RATIOS = [0.0, 0.25, 0.5, 0.9]
SCOPES = ["global", "layerwise"]
every_method = pytest.mark.parametrize("method", METHODS)
both_scopes = pytest.mark.parametrize("scope", SCOPES)


def sweep(
    method: str, network: nn.Module, training: TrainingData, **settings: object
) -> list[Pruned]:
    arguments = {"ratios": RATIOS, "options": QUICK.get(method, {})} | settings
    return list(prune(method, network, training=training, **arguments))  # type: ignore[arg-type]


def state_of(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def same_masks(one: Pruned, other: Pruned) -> bool:
    return list(one.masks) == list(other.masks) and all(
        torch.equal(one.masks[name], other.masks[name]) for name in one.masks
    )


@every_method
@both_scopes
def test_the_network_given_keeps_its_weights_statistics_and_modes(
    method: str, scope: str, network: nn.Module, training: TrainingData
) -> None:
    before = state_of(network)
    modes = [module.training for module in network.modules()]
    found = sweep(method, network, training, scope=scope)
    assert [one.ratio for one in found] == RATIOS
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert [module.training for module in network.modules()] == modes
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize("method", ONE_SHOT)
def test_one_shot_methods_touch_no_weight_that_they_keep_and_no_buffer(
    method: str, network: nn.Module, training: TrainingData
) -> None:
    before = state_of(network)
    for one in sweep(method, network, training):
        for name, value in one.network.state_dict().items():
            expected = before[name]
            if name in one.masks:
                expected = torch.where(one.masks[name], expected, 0.0)
            assert torch.equal(value, expected), name


@pytest.mark.parametrize("method", ONE_SHOT)
@both_scopes
@pytest.mark.parametrize("include_classifier", [True, False])
def test_counts_are_exact(
    method: str, scope: str, include_classifier: bool, network: nn.Module, training: TrainingData
) -> None:
    weights = prunable_weights(network, include_classifier=include_classifier)
    pools = [list(weights)] if scope == "global" else [[name] for name in weights]
    found = sweep(method, network, training, scope=scope, include_classifier=include_classifier)
    for one in found:
        assert list(one.masks) == list(weights)
        for pool in pools:
            count = sum(weights[name].numel() for name in pool)
            assert kept_count(one.masks, pool) == count - removed_count(one.ratio, count)


@pytest.mark.parametrize("method", ONE_SHOT)
def test_any_score_takes_the_layer_budgets(
    method: str, network: nn.Module, training: TrainingData
) -> None:
    weights = prunable_weights(network)
    sizes = [weight.numel() for weight in weights.values()]
    for one in sweep(method, network, training, scope="uniform"):
        expected = [sizes[0], *(size - removed_count(one.ratio, size) for size in sizes[1:])]
        assert [kept_count(one.masks, [name]) for name in weights] == expected
    for one in sweep(method, network, training, scope="erk"):
        kept = sum(sizes) - removed_count(one.ratio, sum(sizes))
        shapes = [weight.shape for weight in weights.values()]
        expected = erdos_renyi_kernel(shapes, kept)
        assert [kept_count(one.masks, [name]) for name in weights] == expected


@pytest.mark.parametrize("method", NESTED)
@both_scopes
def test_what_a_higher_ratio_keeps_a_lower_one_keeps(
    method: str, scope: str, network: nn.Module, training: TrainingData
) -> None:
    for lower, higher in itertools.pairwise(sweep(method, network, training, scope=scope)):
        for name in lower.masks:
            assert bool((lower.masks[name] | ~higher.masks[name]).all())


@every_method
def test_the_same_seed_gives_the_same_network_whatever_the_thread_count(
    method: str, network: nn.Module, training: TrainingData
) -> None:
    first = sweep(method, network, training, seed=5)
    torch.set_num_threads(2)
    second = sweep(method, network, training, seed=5)
    assert torch.get_num_threads() == 2
    for one, other in zip(first, second, strict=True):
        assert same_masks(one, other)
        states = one.network.state_dict(), other.network.state_dict()
        assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize("method", ["random", "multi_prize", "layerwise_shuffle"])
def test_another_seed_gives_other_masks(
    method: str, network: nn.Module, training: TrainingData
) -> None:
    first, second = (sweep(method, network, training, seed=seed)[2] for seed in (5, 6))
    assert not same_masks(first, second)


@pytest.mark.parametrize("method", UNSTRUCTURED)
def test_no_method_disturbs_the_global_random_numbers(
    method: str, network: nn.Module, training: TrainingData
) -> None:
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    sweep(method, network, training)
    assert torch.equal(torch.rand(3), expected)


class Untouchable:
    """Images that must not be looked at."""

    def __len__(self) -> int:
        return 50

    def __getitem__(self, rows: object) -> np.ndarray:
        raise AssertionError("test or validation images were read")

    def describe(self) -> str:
        raise AssertionError("test or validation images were read")


@every_method
def test_no_image_but_those_of_the_training_split_is_read(
    method: str, network: nn.Module, images: ImageSet
) -> None:
    labels = np.zeros(50, dtype=np.int64)
    hidden = ImageSet(Untouchable(), labels, np.arange(50), images.class_names)
    splits = Splits(
        train=images,
        validation=hidden,
        test=hidden,
        fingerprint="",
        name="quarters",
        test_is_drawn=True,
    )
    training = TrainingData(splits.train, Normalisation((0.35,) * 3, (0.2,) * 3))
    assert len(sweep(method, network, training)) == len(RATIOS)
    assert {field.name for field in dataclasses.fields(training)} == {
        "images",
        "normalisation",
        "seed",
        "device",
    }


@every_method
def test_a_saved_and_reloaded_model_gives_the_same_logits(
    method: str, network: nn.Module, training: TrainingData, tmp_path
) -> None:
    pixels, _ = next(training.batches(batch_count=1, batch_size=20))
    for one in sweep(method, network, training):
        torch.save(one.network.state_dict(), tmp_path / "weights.pt")
        saved = torch.load(tmp_path / "weights.pt", weights_only=True)
        reloaded = copy.deepcopy(network)
        resize_like(reloaded, saved)
        one.network.eval(), reloaded.eval()
        with torch.inference_mode():
            assert torch.equal(one.network(pixels), reloaded(pixels))


@every_method
def test_the_history_can_be_written_as_json(
    method: str, network: nn.Module, training: TrainingData
) -> None:
    for one in sweep(method, network, training):
        assert "options" in json.loads(json.dumps(one.details, allow_nan=False))


@every_method
def test_masks_and_network_agree(method: str, network: nn.Module, training: TrainingData) -> None:
    pixels, _ = next(training.batches(batch_count=1, batch_size=1))
    for one in sweep(method, network, training):
        counted = account(one.network, one.masks, pixels, dense=network)
        for name, mask in one.masks.items():
            weight = one.network.get_parameter(name)
            assert weight.shape == mask.shape
            assert int(weight.count_nonzero()) == kept_count({name: mask})
        assert counted.parameters == sum(p.numel() for p in network.parameters())
        assert (counted.sparsity == 0.0) == (one.ratio == 0.0)


@every_method
def test_methods_that_read_images_say_so_when_there_are_none(
    method: str, network: nn.Module
) -> None:
    if reads_training_data(method):
        with pytest.raises(InputError, match="expected training images"):
            prune(method, network, ratios=[0.5])
    else:
        assert len(list(prune(method, network, ratios=[0.5]))) == 1
