"""ERK's shares against the loop of the publication's code; uniform and ERK masks."""

import math

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from core.vision.layer_budgets import erdos_renyi_kernel
from core.vision.masks import kept_count, masks_for_ratios, masks_from_scores, removed_count

shapes = st.lists(
    st.one_of(
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 5), st.integers(1, 5)),
    ),
    min_size=1,
    max_size=6,
)


def published(layers: list[tuple[int, ...]], kept: float) -> list[float]:
    """Kept weights a layer, not rounded: layers whose density is above 1 are made dense in turn."""
    dense: set[int] = set()
    while True:
        raw = {i: sum(s) / math.prod(s) for i, s in enumerate(layers) if i not in dense}
        room = kept - sum(math.prod(layers[i]) for i in dense)
        divisor = sum(raw[i] * math.prod(layers[i]) for i in raw)
        epsilon = room / divisor if raw else 0.0
        over = [i for i in raw if epsilon * raw[i] > 1]
        if not over:
            return [
                float(math.prod(s)) if i in dense else epsilon * raw[i] * math.prod(s)
                for i, s in enumerate(layers)
            ]
        highest = max(raw[i] for i in over)
        dense |= {i for i in over if raw[i] == highest}


@settings(deadline=None)
@given(layers=shapes, share=st.floats(0, 1))
def test_erk_is_the_published_share_rounded_to_an_exact_total(
    layers: list[tuple[int, ...]], share: float
) -> None:
    kept = math.floor(share * sum(map(math.prod, layers)))
    found = erdos_renyi_kernel(layers, kept)
    assert sum(found) == kept
    # Webster's method: no seat would be better filled by another layer that has room
    parts = [sum(shape) for shape in layers]
    next_seats = [
        (count + 0.5) / part
        for count, part, shape in zip(found, parts, layers, strict=True)
        if count < math.prod(shape)
    ]
    last_seats = [(c - 0.5) / part for c, part in zip(found, parts, strict=True) if c]
    assert max(last_seats, default=0) <= min(next_seats, default=math.inf) * (1 + 1e-9)
    for count, shape, exact in zip(found, layers, published(layers, kept), strict=True):
        assert 0 <= count <= math.prod(shape)
        # where many layers round the same way the total moves by half a weight a layer
        assert abs(count - exact) <= 0.5 + 0.5 * len(layers) * sum(shape) / min(map(sum, layers))


@settings(deadline=None)
@given(layers=shapes, shares=st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_who_keeps_more_in_all_keeps_no_less_in_any_layer(
    layers: list[tuple[int, ...]], shares: list[float]
) -> None:
    total = sum(map(math.prod, layers))
    fewer, more = (
        erdos_renyi_kernel(layers, math.floor(share * total)) for share in sorted(shares)
    )
    assert all(one <= other for one, other in zip(fewer, more, strict=True))


def test_erk_of_a_small_network_by_hand() -> None:
    """Sums of shapes 6, 12 and 30: all in proportion, then with the first layer full."""
    layers = [(3, 3), (6, 6), (15, 15)]
    assert erdos_renyi_kernel(layers, 58) == [7, 15, 36]  # 7.25, 14.5, 36.25
    assert erdos_renyi_kernel(layers, 93) == [9, 24, 60]
    assert erdos_renyi_kernel([(3, 3), (3, 3)], 7) == [4, 3]  # a tie goes to the first


@settings(deadline=None)
@given(
    layers=shapes,
    ratios=st.lists(st.floats(0, 1), min_size=1, max_size=4),
    seed=st.integers(0, 99),
    scope=st.sampled_from(["uniform", "erk"]),
)
def test_masks_of_budgets_are_exact_nested_and_the_highest_of_each_layer(
    layers: list[tuple[int, ...]], ratios: list[float], seed: int, scope: str
) -> None:
    generator = torch.Generator().manual_seed(seed)
    scores = {
        f"{i}": torch.randint(0, 9, s, generator=generator).float() for i, s in enumerate(layers)
    }
    total = sum(map(math.prod, layers))
    before = None
    sweep = list(masks_for_ratios(scores, sorted(ratios), scope=scope))
    for ratio, masks in zip(sorted(ratios), sweep, strict=True):
        counts = [kept_count(masks, [name]) for name in scores]
        if scope == "erk":
            expected = erdos_renyi_kernel(layers, total - removed_count(ratio, total))
        else:
            expected = [math.prod(s) - removed_count(ratio, math.prod(s)) for s in layers]
            expected[0] = math.prod(layers[0])
        assert counts == expected
        for (name, score), kept in zip(scores.items(), counts, strict=True):
            values = score.flatten().tolist()
            gone = sorted(range(len(values)), key=lambda i: values[i])[: len(values) - kept]
            assert (~masks[name].flatten()).nonzero().flatten().tolist() == sorted(gone)
        if before is not None:
            assert all(bool((before[name] | ~masks[name]).all()) for name in masks)
        before = masks


@pytest.mark.parametrize("scope", ["uniform", "erk"])
def test_the_ends_keep_all_and_nothing_but_the_first_layer(scope: str) -> None:
    scores = {"a": torch.rand(3, 4), "b": torch.rand(5, 6)}
    assert kept_count(masks_from_scores(scores, 0.0, scope=scope)) == 42
    none = masks_from_scores(scores, 1.0, scope=scope)
    assert kept_count(none) == (12 if scope == "uniform" else 0)
