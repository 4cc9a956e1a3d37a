import copy
import itertools

import pytest
import torch
from torch import nn

from core.errors import InputError
from core.vision.masks import kept_count, prunable_weights, removed_count
from core.vision.pruning import prune
from core.vision.ticket import Ticket
from core.vision.ticket_settings import TicketSettings
from core.vision.training_data import TrainingData


def accuracy(network: nn.Module, training: TrainingData) -> float:
    pixels, labels = next(training.batches(batch_count=1, batch_size=200))
    with torch.inference_mode():
        return float((network(pixels).argmax(1) == labels).float().mean())


def ticket(network: nn.Module, training: TrainingData, ratio: float, **options: object):
    settings = {"epochs": 15, "batch_size": 20} | options
    (found,) = prune("multi_prize", network, ratios=[ratio], training=training, options=settings)
    return found


def test_random_weights_learn_by_choosing_among_them(
    network: nn.Module, training: TrainingData
) -> None:
    found = ticket(network, training, 0.8)
    assert accuracy(found.network, training) > 0.9
    assert found.details["training_loss"] < 0.5


def test_effective_weights_are_one_magnitude_a_layer_and_nothing_else_is_trained(
    network: nn.Module, training: TrainingData
) -> None:
    found = ticket(network, training, 0.7, epochs=2)
    for name, mask in found.masks.items():
        weight = found.network.get_parameter(name).detach()
        scale = torch.tensor(found.details["scales"][name])
        assert torch.equal(weight.abs(), torch.where(mask, scale, 0.0))
        assert 0 < int((weight > 0).sum()) < kept_count({name: mask})
    assert found.network[1].weight.tolist() == [1.0] * 6
    assert found.network[1].bias.tolist() == [0.0] * 6
    assert found.network[0].bias.tolist() == [0.0] * 6
    assert not torch.equal(found.network[1].running_mean, torch.zeros(6))


def test_affine_batch_norm_is_really_trained(network: nn.Module, training: TrainingData) -> None:
    found = ticket(network, training, 0.7, epochs=2, affine_batch_norm=True)
    assert found.network[1].weight.tolist() != [1.0] * 6


def test_the_weights_of_the_network_given_do_not_matter(
    network: nn.Module, training: TrainingData
) -> None:
    first = ticket(network, training, 0.7, epochs=1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(3).add_(1)
    second = ticket(network, training, 0.7, epochs=1)
    states = first.network.state_dict(), second.network.state_dict()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize("scope", ["global", "layerwise"])
@pytest.mark.parametrize("ratio", [0.0, 0.5, 0.99, 1.0])
def test_counts_are_exact_down_to_one_weight_for_every_unit(
    scope: str, ratio: float, network: nn.Module, training: TrainingData
) -> None:
    (found,) = prune(
        "multi_prize",
        network,
        ratios=[ratio],
        scope=scope,
        training=training,
        options={"epochs": 1},
    )
    weights = prunable_weights(network)
    pools = [list(weights)] if scope == "global" else [[name] for name in weights]
    for pool in pools:
        count = sum(weights[name].numel() for name in pool)
        units = sum(len(weights[name]) for name in pool)
        assert kept_count(found.masks, pool) == max(count - removed_count(ratio, count), units)
    for mask in found.masks.values():
        assert bool(mask.flatten(1).any(1).all())
    assert all(bool(torch.isfinite(one).all()) for one in found.network.state_dict().values())


def test_an_exempt_classifier_is_trained_as_an_ordinary_layer(
    network: nn.Module, training: TrainingData
) -> None:
    (found,) = prune(
        "multi_prize",
        network,
        ratios=[0.8],
        include_classifier=False,
        training=training,
        options={"epochs": 15, "batch_size": 20},
    )
    assert "11.weight" not in found.masks
    assert len(found.network[11].weight.abs().unique()) > 40
    assert accuracy(found.network, training) > 0.9


def test_one_ratio_is_the_same_alone_and_in_a_sweep(
    network: nn.Module, training: TrainingData
) -> None:
    steps: list[tuple[int, int]] = []
    *_, last = prune(
        "multi_prize",
        network,
        ratios=[0.2, 0.7],
        training=training,
        options={"epochs": 2, "batch_size": 20},
        on_progress=lambda done, total: steps.append((done, total)),
    )
    alone = ticket(network, training, 0.7, epochs=2)
    assert all(torch.equal(last.masks[name], alone.masks[name]) for name in last.masks)
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 0}, "expected epochs of multi_prize to be at least 1, found 0"),
        ({"learning_rate": float("nan")}, "expected learning_rate of multi_prize"),
        ({"augmentation": "mirror"}, "found 'mirror'"),
        ({"precision": "half"}, "expected precision among auto, float32, bfloat16, found 'half'"),
        ({"epochs": 2.5}, "expected int as option epochs of multi_prize, found float 2.5"),
        ({"optimiser": "lion"}, "expected optimiser of multi_prize among adam, sgd, found 'lion'"),
        ({"score_init": "zero"}, "expected score_init of multi_prize among unit, fan"),
        ({"fan": "all"}, "expected fan of multi_prize among kept, removed, found 'all'"),
        ({"recipe": "mpt"}, "expected recipe of multi_prize among own, biprop, found 'mpt'"),
        ({"momentum": 1.5}, "expected momentum of multi_prize in 0..1, found 1.5"),
        ({"weight_decay": -1.0}, "expected weight_decay of multi_prize in 0..inf"),
        ({"epochs": 3, "ease_epochs": 3}, "expected ease_epochs of multi_prize in 0..2, found 3"),
        ({"prune_rate": 0.4}, "expected options of multi_prize .*found 'prune_rate'"),
    ],
)
def test_bad_options_are_refused(
    options: dict[str, object], sentence: str, network: nn.Module, training: TrainingData
) -> None:
    with pytest.raises(InputError, match=sentence):
        prune("multi_prize", network, ratios=[0.5], training=training, options=options)


def test_a_loss_that_is_not_finite_is_reported(network: nn.Module, training: TrainingData) -> None:
    with pytest.raises(InputError, match="expected finite loss and scores of multi_prize"):
        ticket(network, training, 0.5, affine_batch_norm=True, learning_rate=1e36, epochs=3)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_ticket_that_was_interrupted_ends_as_one_that_was_not(
    precision: str, network: nn.Module, training: TrainingData, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("core.vision.pruning.multi_prize.SECONDS_BETWEEN_STATES", -1.0)

    def run(folder, kill_after: int | None = None) -> list[tuple[dict, int]]:
        seen: list[int] = []

        def on_progress(done: int, total: int) -> None:
            seen.append(done)
            if done == kill_after:
                raise Killed

        settings = {"epochs": 4, "batch_size": 50, "affine_batch_norm": True}
        settings["precision"] = precision
        found = prune(
            "multi_prize",
            network,
            ratios=[0.5, 0.8],
            training=training,
            options=settings,
            resume_folder=folder,
            on_progress=on_progress,
        )
        states = [one.network.state_dict() for one in found]
        return [(state, len(seen)) for state in states]

    whole = run(None)
    with pytest.raises(Killed):
        run(tmp_path, kill_after=3)
    assert len(list(tmp_path.iterdir())) == 1
    resumed = run(tmp_path)
    assert resumed[-1][1] == whole[-1][1] - 3  # an epoch is on disk before it is reported
    for (state, _), (expected, _) in zip(resumed, whole, strict=True):
        assert all(torch.equal(state[name], expected[name]) for name in expected)
    assert list(tmp_path.iterdir()) == []


def test_tickets_of_neighbouring_seeds_share_no_random_numbers(
    network: nn.Module, training: TrainingData
) -> None:
    def start(seed: int) -> Ticket:
        return Ticket(
            copy.deepcopy(network),
            training,
            ratio=0.5,
            scope="global",
            seed=seed,
            include_classifier=True,
            settings=TicketSettings(),
        )

    tickets = [start(seed) for seed in range(3)]
    drawn = [one for ticket in tickets for one in (ticket.weights, ticket.scores)]
    signs = [torch.cat([t.detach().flatten().sign() for t in one.values()]) for one in drawn]
    for first, second in itertools.combinations(signs, 2):
        assert abs(float((first * second).mean())) < 0.1
