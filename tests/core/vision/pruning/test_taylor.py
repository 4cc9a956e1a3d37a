import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.gradients import mean_absolute_gradients
from core.vision.masks import kept_count, masks_from_scores, prunable_weights
from core.vision.pruning import prune
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


def test_scores_do_not_cancel_between_batches() -> None:
    """Two batches of opposite gradients: the mean gradient is zero, the score is not."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False))
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([[1.0], [1.0]]))

    class TwoBatches:
        def batches(self, *, batch_count: int, batch_size: int):
            yield torch.ones(1, 1), torch.tensor([0])
            yield torch.ones(1, 1), torch.tensor([1])

    found = mean_absolute_gradients(
        network,
        prunable_weights(network),
        TwoBatches(),  # type: ignore[arg-type]
        batch_count=2,
        batch_size=1,
    )
    assert found["1.weight"].flatten().tolist() == [0.5, 0.5]


def test_a_weight_that_the_loss_does_not_depend_on_goes_first(training: TrainingData) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(192, 4))
    network.unused = nn.Linear(5, 5)
    network.forward = lambda pixels: network[1](network[0](pixels))  # type: ignore[method-assign]
    scores = mean_absolute_gradients(
        network, prunable_weights(network), training, batch_count=1, batch_size=20
    )
    assert float(scores["unused.weight"].abs().max()) == 0.0
    assert float(scores["1.weight"].min()) > 0.0


def test_frozen_weights_are_scored_and_stay_frozen(
    network: nn.Module, training: TrainingData
) -> None:
    network.requires_grad_(False)
    scores = mean_absolute_gradients(
        network, prunable_weights(network), training, batch_count=1, batch_size=20
    )
    assert all(float(score.max()) > 0 for score in scores.values())
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_gradients_are_the_same_to_the_last_bit_on_any_number_of_threads(
    training: TrainingData,
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
            mean_absolute_gradients(
                wide, prunable_weights(wide), training, batch_count=3, batch_size=64
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


def test_at_least_one_image_is_needed(network: nn.Module, training: TrainingData) -> None:
    with pytest.raises(InputError, match="at least 1 batch of 1 image"):
        prune("taylor", network, ratios=[0.5], training=training, options={"batches": 0})


def test_layerwise_shuffles_have_the_layer_counts_of_the_method_they_shuffle(
    network: nn.Module, training: TrainingData
) -> None:
    (original,) = prune("taylor", network, ratios=[0.6], training=training)
    (shuffled,) = prune(
        "layerwise_shuffle", network, ratios=[0.6], training=training, options={"of": "taylor"}
    )
    for name, mask in original.masks.items():
        assert kept_count(original.masks, [name]) == kept_count(shuffled.masks, [name])
        assert not torch.equal(mask, shuffled.masks[name])
    assert shuffled.details["options"] == {"of": "taylor"}


def test_only_methods_that_rank_can_be_shuffled(network: nn.Module) -> None:
    for of in ("structured", "layerwise_shuffle", "magic"):
        with pytest.raises(InputError, match=f"one of magnitude, random, taylor; found '{of}'"):
            prune("layerwise_shuffle", network, ratios=[0.5], options={"of": of})
