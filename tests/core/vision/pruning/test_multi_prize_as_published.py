"""The recipe "biprop" against the published layer, written out here; what its options change."""

import copy
import math

import pytest
import torch
from torch import nn

from core.vision.augmentation import augmentation_named
from core.vision.masks import kept_count, prunable_weights
from core.vision.pruning import checked_options, prune
from core.vision.subnetwork import random_weights
from core.vision.ticket import SEED_STRIDE, SEEDS_A_TICKET
from core.vision.ticket_settings import eased_ratio
from core.vision.training_data import TrainingData

PUBLISHED = {"recipe": "biprop", "epochs": 2, "batch_size": 40, "augmentation": "none"}


class GetSubnet(torch.autograd.Function):
    """Keep the highest share k of a layer's |scores|; gradients pass as they come."""

    @staticmethod
    def forward(ctx, scores: torch.Tensor, k: float) -> torch.Tensor:
        out = scores.clone()
        _, order = scores.flatten().sort()
        first = int((1 - k) * scores.numel())
        flat = out.flatten()
        flat[order[:first]] = 0
        flat[order[first:]] = 1
        return flat.view(scores.shape)

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient, None


class SignTimesScale(torch.autograd.Function):
    """α · sign(W · mask): its gradient reaches W · mask as it comes."""

    @staticmethod
    def forward(ctx, quantised: torch.Tensor, alpha: float) -> torch.Tensor:
        return alpha * quantised.sign()

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient, None


def trained_as_published(
    network: nn.Module, training: TrainingData, *, kept: float, seed: int
) -> dict[str, torch.Tensor]:
    """Effective weights after two epochs of SGD on the scores, layer by layer."""
    network = copy.deepcopy(network)
    shapes = {name: weight.shape for name, weight in prunable_weights(network).items()}
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
        elif getattr(layer, "bias", None) is not None:
            nn.init.zeros_(layer.bias)
    generator = torch.Generator().manual_seed(SEEDS_A_TICKET * seed)
    weights = {
        name: torch.randn(shape, generator=generator) * math.sqrt(2 / ((1 - kept) * fan(shape)))
        for name, shape in shapes.items()
    }
    generator = torch.Generator().manual_seed(SEEDS_A_TICKET * seed + 1)
    scores = {
        name: ((2 * torch.rand(shape, generator=generator) - 1) / math.sqrt(fan(shape)))
        for name, shape in shapes.items()
    }
    velocity = {name: torch.zeros(shape) for name, shape in shapes.items()}

    def effective(name: str) -> torch.Tensor:
        mask = GetSubnet.apply(scores[name].abs(), kept)
        alpha = float((weights[name].abs() * mask).detach().sum() / mask.detach().sum())
        return SignTimesScale.apply(weights[name] * mask, alpha)

    for epoch in range(2):
        torch.manual_seed(seed * SEED_STRIDE + epoch)
        network.train()
        generator = torch.Generator().manual_seed(seed * SEED_STRIDE + epoch)
        batches = list(
            training.epoch(
                batch_size=40, augmentation=augmentation_named("none"), generator=generator
            )
        )
        for step, (pixels, labels) in enumerate(batches):
            for score in scores.values():
                score.requires_grad_(True)
            given = {name: effective(name) for name in scores}
            logits = torch.func.functional_call(network, given, (pixels,))
            loss = nn.functional.cross_entropy(logits, labels)
            gradients = torch.autograd.grad(loss, list(scores.values()))
            progress = (epoch + step / len(batches)) / 2
            rate = 0.1 * 0.5 * (1 + math.cos(math.pi * progress))
            for name, gradient in zip(scores, gradients, strict=True):
                score = scores[name].detach()
                velocity[name] = 0.9 * velocity[name] + gradient + 5e-4 * score
                scores[name] = score - rate * velocity[name]
    return {name: effective(name).detach() for name in scores}


def fan(shape: torch.Size) -> int:
    return math.prod(shape[1:])


def test_the_recipe_is_the_published_training(network: nn.Module, training: TrainingData) -> None:
    (found,) = prune(
        "multi_prize",
        network,
        ratios=[2 / 3],  # a whole number of every layer
        scope="layerwise",
        seed=4,
        training=training,
        options=PUBLISHED | {"precision": "float32"},
    )
    expected = trained_as_published(network, training, kept=1 / 3, seed=4)
    for name, weight in expected.items():
        differing = (found.network.get_parameter(name) - weight).abs() > 1e-5
        assert float(differing.float().mean()) < 0.01, name


def test_the_recipe_is_the_published_one_and_what_is_given_goes_before_it() -> None:
    options = checked_options("multi_prize", {"recipe": "biprop", "learning_rate": 0.01})
    assert (options.optimiser, options.momentum, options.weight_decay) == ("sgd", 0.9, 5e-4)
    assert (options.score_init, options.fan, options.floor_per_unit) == ("fan", "removed", False)
    assert (options.epochs, options.batch_size, options.learning_rate) == (100, 256, 0.01)
    assert checked_options("multi_prize", {}).optimiser == "adam"


def test_options_at_their_defaults_are_not_on_record(
    network: nn.Module, training: TrainingData
) -> None:
    def recorded(options: dict) -> dict:
        (found,) = prune("multi_prize", network, ratios=[0.5], training=training, options=options)
        return found.details["options"]

    plain = recorded({"epochs": 1})
    assert set(plain) == {
        "epochs",
        "batch_size",
        "learning_rate",
        "augmentation",
        "affine_batch_norm",
        "scale_fan",
        "precision",
        "threads",
    }
    assert recorded({"epochs": 1, "optimiser": "sgd"}) == plain | {"optimiser": "sgd"}


@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_without_a_floor_the_count_is_that_of_the_ratio(
    scope: str, network: nn.Module, training: TrainingData
) -> None:
    (found,) = prune(
        "multi_prize",
        network,
        ratios=[1.0],
        scope=scope,
        training=training,
        options={"epochs": 1, "floor_per_unit": False},
    )
    assert kept_count(found.masks) == 0
    assert all(bool(torch.isfinite(one).all()) for one in found.network.state_dict().values())


def test_easing_rises_from_a_half_to_the_ratio_along_a_cube() -> None:
    assert [eased_ratio(0.9, epoch, 4) for epoch in range(5)] == pytest.approx(
        [0.5, 0.9 - 0.4 * 27 / 64, 0.9 - 0.4 / 8, 0.9 - 0.4 / 64, 0.9]
    )
    assert [eased_ratio(0.4, epoch, 4) for epoch in (0, 3)] == [0.4, 0.4]
    assert eased_ratio(0.9, 0, 0) == 0.9


def test_an_eased_ticket_ends_at_its_ratio(network: nn.Module, training: TrainingData) -> None:
    plain, eased = (
        next(
            prune(
                "multi_prize",
                network,
                ratios=[0.9],
                training=training,
                options={"epochs": 3, "ease_epochs": ease},
            )
        )
        for ease in (0, 2)
    )
    assert kept_count(plain.masks) == kept_count(eased.masks)
    assert any(not torch.equal(plain.masks[n], eased.masks[n]) for n in plain.masks)


def test_the_variance_of_the_weights_is_by_the_share_asked() -> None:
    shapes = {"w": torch.Size((200, 500))}
    for share in (0.1, 0.9):
        drawn = random_weights(shapes, kept_share=share, seed=0)["w"]
        assert float(drawn.var()) == pytest.approx(2 / (share * 500), rel=0.02)
