import copy
import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.gradients import mean_gradients
from core.vision.masks import masks_from_scores, prunable_weights
from core.vision.pruning import Request, prune, taylor
from core.vision.training_data import TrainingData


def scores_by_hand(
    network: nn.Module, training: TrainingData, *, batches: int, batch_size: int
) -> dict[str, torch.Tensor]:
    """Mean over batches of |g · w| with .backward(), batch after batch, in eval mode."""
    network.eval()
    totals = {name: torch.zeros_like(w) for name, w in prunable_weights(network).items()}
    for pixels, labels in training.batches(batch_count=batches, batch_size=batch_size):
        network.zero_grad()
        nn.functional.cross_entropy(network(pixels), labels).backward()
        for name, weight in prunable_weights(network).items():
            totals[name] += (weight.grad * weight).abs().detach()
    return {name: total / batches for name, total in totals.items()}


@pytest.mark.parametrize("ratio", [0.3, 0.8])
def test_masks_are_those_of_the_mean_of_each_batchs_absolute_products(
    ratio: float, network: nn.Module, training: TrainingData
) -> None:
    (found,) = prune(
        "taylor",
        network,
        ratios=[ratio],
        training=training,
        options={"batches": 4, "batch_size": 50},
    )
    by_hand = scores_by_hand(network, training, batches=4, batch_size=50)
    expected = masks_from_scores(by_hand, ratio, scope="global")
    differing = sum(int((found.masks[n] != expected[n]).sum()) for n in expected)
    assert differing <= 2  # weights whose scores are equal but for rounding
    kept = torch.cat([by_hand[n][m] for n, m in found.masks.items()])
    gone = torch.cat([by_hand[n][~m] for n, m in found.masks.items()])
    assert float(kept.min()) >= float(gone.max()) * (1 - 1e-4)


def taylor_scores(
    network: nn.Module, training: TrainingData, **options: object
) -> dict[str, torch.Tensor]:
    request = Request(
        ratios=(),
        scope="global",
        seed=0,
        include_classifier=True,
        training=training,
        options=taylor.Options(**options),  # type: ignore[arg-type]
        resume_folder=None,
        on_progress=lambda _done, _total: None,
    )
    return taylor.score(network, request)


def everything(training: TrainingData) -> tuple[torch.Tensor, torch.Tensor]:
    """All training images in their own order, normalised here."""
    pixels = torch.from_numpy(training.images.images).permute(0, 3, 1, 2).double() / 255
    mean, std = training.normalisation.mean[0], training.normalisation.std[0]
    return (pixels - mean) / std, torch.from_numpy(training.images.labels)


def whole_set_gradient(network: nn.Module, training: TrainingData) -> dict[str, torch.Tensor]:
    """∂L/∂w of the training set's loss by one .backward() over all its images, in float64."""
    exact = copy.deepcopy(network).double().eval()
    pixels, labels = everything(training)
    nn.functional.cross_entropy(exact(pixels), labels).backward()
    return {name: weight.grad for name, weight in prunable_weights(exact).items()}


@pytest.fixture
def noisy(training: TrainingData) -> TrainingData:
    """The training images with every fifth label wrong, so that the loss has a minimum above 0."""
    labels = training.images.labels
    wrong = np.where(np.arange(len(labels)) % 5 == 0, (labels + 1) % 4, labels)
    return dataclasses.replace(training, images=dataclasses.replace(training.images, labels=wrong))


@pytest.fixture
def trained(network: nn.Module, noisy: TrainingData) -> nn.Module:
    """The network near a minimum of the loss of all training images."""
    pixels, labels = everything(noisy)
    network.eval()  # the loss that scoring sees
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(40):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(network(pixels.float()), labels)
        loss.backward()
        optimiser.step()
    assert 0.1 < loss.item() < 0.9
    return network


@pytest.mark.parametrize("sizes", [(200,), (40,) * 5, (64, 64, 64, 8), (1, 199)])
def test_the_signed_mean_is_the_gradient_of_all_images_in_whatever_batches(
    network: nn.Module, training: TrainingData, sizes: tuple[int, ...]
) -> None:
    pixels, labels = everything(training)
    double = network.double()
    batches = zip(pixels.split(list(sizes)), labels.split(list(sizes)), strict=True)
    found = mean_gradients(double, prunable_weights(double), batches, absolute=False)
    for name, expected in whole_set_gradient(network, training).items():
        torch.testing.assert_close(found[name], expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("batch_size", [200, 50, 64])
def test_full_scores_are_the_papers_formula_over_the_training_set(
    trained: nn.Module, noisy: TrainingData, batch_size: int
) -> None:
    found = taylor_scores(trained, noisy, gradient="full", batches=1_000, batch_size=batch_size)
    gradients = whole_set_gradient(trained, noisy)
    weights = prunable_weights(trained)
    largest = max(float(gradient.abs().max()) for gradient in gradients.values())
    for name, weight in weights.items():
        expected = (gradients[name] * weight.double()).abs().float()
        torch.testing.assert_close(found[name], expected, rtol=1e-4, atol=1e-5 * largest)


def test_full_and_batches_differ_where_batches_cancel_and_agree_on_one_batch(
    trained: nn.Module, noisy: TrainingData
) -> None:
    one = {"batches": 1, "batch_size": 200}
    full = taylor_scores(trained, noisy, gradient="full", **one)
    batches = taylor_scores(trained, noisy, gradient="batches", **one)
    assert all(torch.equal(full[name], batches[name]) for name in full)
    ten = {"batches": 10, "batch_size": 20}
    full = taylor_scores(trained, noisy, gradient="full", **ten)
    batches = taylor_scores(trained, noisy, **ten)
    assert all(bool((full[n] <= batches[n] * (1 + 1e-4) + 1e-9).all()) for n in full)
    sums = [float(sum(s.sum() for s in scores.values())) for scores in (full, batches)]
    assert sums[0] < 0.5 * sums[1]
    masks = [masks_from_scores(scores, 0.8, scope="global") for scores in (full, batches)]
    differing = sum(int((masks[0][name] != masks[1][name]).sum()) for name in full)
    assert differing > 0.05 * sum(mask.numel() for mask in masks[0].values())


def test_full_reads_the_first_images_that_the_default_reads(
    network: nn.Module, training: TrainingData
) -> None:
    """Two batches of 30: 60 of the 200 images, the same however they are divided."""
    found = taylor_scores(network, training, gradient="full", batches=2, batch_size=30)
    pixels, labels = (
        torch.cat(part)
        for part in zip(*training.batches(batch_count=2, batch_size=30), strict=True)
    )
    weights = prunable_weights(network)
    expected = mean_gradients(network, weights, [(pixels, labels)], absolute=False)
    for name, weight in weights.items():
        torch.testing.assert_close(
            found[name], (expected[name] * weight).abs(), rtol=1e-3, atol=1e-8
        )


def test_scores_do_not_cancel_between_batches() -> None:
    """Two batches of opposite gradients: the mean gradient is zero, the score is not."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False))
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([[1.0], [1.0]]))

    batches = [(torch.ones(1, 1), torch.tensor([label])) for label in (0, 1)]
    weights = prunable_weights(network)
    found = mean_gradients(network, weights, batches, absolute=True)
    assert found["1.weight"].flatten().tolist() == [0.5, 0.5]
    found = mean_gradients(network, weights, batches, absolute=False)
    assert found["1.weight"].flatten().tolist() == [0.0, 0.0]


def test_a_weight_that_the_loss_does_not_depend_on_goes_first(training: TrainingData) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(192, 4))
    network.unused = nn.Linear(5, 5)
    network.forward = lambda pixels: network[1](network[0](pixels))  # type: ignore[method-assign]
    scores = mean_gradients(
        network,
        prunable_weights(network),
        training.batches(batch_count=1, batch_size=20),
        absolute=True,
    )
    assert float(scores["unused.weight"].abs().max()) == 0.0
    assert float(scores["1.weight"].min()) > 0.0


def test_frozen_weights_are_scored_and_stay_frozen(
    network: nn.Module, training: TrainingData
) -> None:
    network.requires_grad_(False)
    scores = mean_gradients(
        network,
        prunable_weights(network),
        training.batches(batch_count=1, batch_size=20),
        absolute=True,
    )
    assert all(float(score.max()) > 0 for score in scores.values())
    assert not any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("absolute", [True, False])
def test_gradients_are_the_same_to_the_last_bit_on_any_number_of_threads(
    *, training: TrainingData, absolute: bool
) -> None:
    """Left to themselves, two threads add the gradients of a wide convolution otherwise."""
    torch.manual_seed(0)
    wide = nn.Sequential(
        nn.Conv2d(3, 48, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(48, 48, 3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(48, 4),
    )
    found = []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        found.append(
            mean_gradients(
                wide,
                prunable_weights(wide),
                training.batches_of_one_pass(batch_count=9, batch_size=64),
                absolute=absolute,
            )
        )
        assert torch.get_num_threads() == threads
    for other in found[1:]:
        assert all(torch.equal(found[0][name], other[name]) for name in other)


def test_progress_counts_batches(network: nn.Module, training: TrainingData) -> None:
    steps: list[tuple[int, int]] = []
    list(
        prune(
            "taylor",
            network,
            ratios=[0.5, 0.9],
            training=training,
            options={"batches": 3, "batch_size": 10},
            on_progress=lambda done, total: steps.append((done, total)),
        )
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]
    steps.clear()
    list(
        prune(
            "taylor",
            network,
            ratios=[0.5],
            training=training,
            options={"gradient": "full", "batches": 9, "batch_size": 80},
            on_progress=lambda done, total: steps.append((done, total)),
        )
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"batches": 0}, "at least 1 batch of 1 image"),
        ({"gradient": "mean"}, "expected gradient batches or full of taylor, found 'mean'"),
        ({"gradient": 1}, "expected str as option gradient of taylor, found int 1"),
    ],
)
def test_options_out_of_range_are_refused(
    network: nn.Module, training: TrainingData, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        prune("taylor", network, ratios=[0.5], training=training, options=options)
