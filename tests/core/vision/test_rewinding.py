import itertools

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from core.errors import InputError
from core.vision.masks import Masks, full_masks, kept_count, removed_count
from core.vision.rewinding import geometric_ratios, iterative_magnitude, prune_further, rewind


def network(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(6, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 4))


def train_by_noise(trained: nn.Module, masks: Masks) -> None:
    generator = torch.Generator().manual_seed(kept_count(masks))
    with torch.no_grad():
        for name, parameter in trained.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.add_(noise * masks.get(name, torch.tensor(1.0)))


@settings(deadline=None)
@given(ratio=st.floats(0, 0.999), rounds=st.integers(1, 12))
def test_every_round_removes_the_same_share_of_what_is_left(ratio: float, rounds: int) -> None:
    ratios = (0.0, *geometric_ratios(ratio, rounds))
    shares = [(1 - after) / (1 - before) for before, after in itertools.pairwise(ratios)]
    assert len(shares) == rounds
    assert ratios[-1] == ratio
    assert shares == pytest.approx([shares[0]] * rounds)


@pytest.mark.parametrize(("ratio", "rounds"), [(1.0, 3), (-0.1, 3), (0.5, 0)])
def test_rounds_that_lead_nowhere_are_refused(ratio: float, rounds: int) -> None:
    with pytest.raises(InputError, match="at least 1 round and a ratio from 0 to below 1"):
        geometric_ratios(ratio, rounds)


@pytest.mark.parametrize("scope", ["global", "layerwise"])
def test_pruning_further_keeps_what_is_gone_gone_and_the_largest_of_the_rest(scope: str) -> None:
    trained = network(0)
    first = prune_further(trained, full_masks(trained), 0.4, scope=scope)
    with torch.no_grad():  # removed weights that grew back would be the largest of all
        for name, mask in first.items():
            trained.get_parameter(name)[~mask] = 100.0
    second = prune_further(trained, first, 0.7, scope=scope)
    for name, mask in second.items():
        assert not bool((mask & ~first[name]).any())
    pools = [list(second)] if scope == "global" else [[name] for name in second]
    for pool in pools:
        count = sum(second[name].numel() for name in pool)
        assert kept_count(second, pool) == count - removed_count(0.7, count)
        weights = {name: trained.get_parameter(name).detach().abs() for name in pool}
        kept = torch.cat([weights[name][second[name]] for name in pool])
        dropped = torch.cat([weights[name][first[name] & ~second[name]] for name in pool])
        assert float(kept.min()) >= float(dropped.max())


def test_weights_that_are_exactly_zero_do_not_upset_the_count() -> None:
    trained = network(0)
    with torch.no_grad():
        trained[0].weight[:10] = 0
    first = prune_further(trained, full_masks(trained), 0.1)
    second = prune_further(trained, first, 0.2)
    assert kept_count(second) == 160
    assert all(not bool((mask & ~first[name]).any()) for name, mask in second.items())


def test_every_round_starts_from_the_early_weights_under_its_masks() -> None:
    dense, early = network(0), network(1).state_dict()
    starts: list[dict[str, torch.Tensor]] = []

    def train(trained: nn.Module, masks: Masks) -> None:
        starts.append({name: value.clone() for name, value in trained.state_dict().items()})
        train_by_noise(trained, masks)

    before = {name: value.clone() for name, value in dense.state_dict().items()}
    rounds = list(
        iterative_magnitude(
            dense, full_masks(dense), ratios=[0.3, 0.6, 0.8], early_weights=early, train=train
        )
    )
    assert all(torch.equal(before[name], value) for name, value in dense.state_dict().items())
    assert [kept_count(one.masks) for one in rounds] == [140, 80, 40]
    for start, one in zip(starts, rounds, strict=True):
        for name, value in start.items():
            mask = one.masks.get(name, torch.ones_like(value, dtype=torch.bool))
            assert torch.equal(value, torch.where(mask, early[name], torch.zeros_like(value)))
    for one in rounds:
        for name, mask in one.masks.items():
            assert torch.equal(one.network.get_parameter(name) != 0, mask)


def test_going_on_from_a_round_gives_the_rounds_of_a_whole_run() -> None:
    dense, early = network(0), network(1).state_dict()

    def run(start: nn.Module, masks: Masks, ratios: list[float]):
        return list(
            iterative_magnitude(
                start, masks, ratios=ratios, early_weights=early, train=train_by_noise
            )
        )

    whole = run(dense, full_masks(dense), [0.3, 0.6, 0.8])
    halfway = run(dense, full_masks(dense), [0.3])[0]
    rest = run(halfway.network, halfway.masks, [0.6, 0.8])
    for one, other in zip(whole[1:], rest, strict=True):
        states = one.network.state_dict(), other.network.state_dict()
        assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_rewinding_restores_statistics_too() -> None:
    trained, early = network(0), network(1)
    with torch.no_grad():
        trained[1].running_mean.fill_(5)
    masks = {"0.weight": torch.zeros(20, 6, dtype=torch.bool)}
    rewind(trained, early.state_dict(), masks)
    assert trained[1].running_mean.tolist() == [0.0] * 20
    assert not bool(trained[0].weight.any())
    assert torch.equal(trained[3].weight, early[3].weight)


def test_ratios_that_do_not_rise_are_refused() -> None:
    rounds = iterative_magnitude(
        network(0),
        full_masks(network(0)),
        ratios=[0.5, 0.5],
        early_weights={},
        train=train_by_noise,
    )
    with pytest.raises(InputError, match="expected rising ratios"):
        next(rounds)
