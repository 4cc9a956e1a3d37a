"""N:M sparsity against plain loops."""

import itertools

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from core.errors import InputError
from core.vision.patterns import parse_pattern, pattern_masks


@settings(deadline=None)
@given(
    out=st.integers(1, 4),
    groups=st.integers(1, 3),
    kernel=st.sampled_from([(), (1,), (2, 3)]),
    pattern=st.sampled_from([(1, 2), (2, 4), (1, 4), (3, 5)]),
    seed=st.integers(0, 1000),
)
def test_every_group_keeps_its_highest_and_of_equals_the_last(
    out: int, groups: int, kernel: tuple[int, ...], pattern: tuple[int, int], seed: int
) -> None:
    kept, size = pattern
    shape = (out, groups * size, *kernel)
    score = torch.randint(0, 4, shape, generator=torch.Generator().manual_seed(seed)).double()
    found = pattern_masks({"w": score}, f"{kept}:{size}")["w"]
    assert found.shape == score.shape
    for unit in range(out):
        for place in itertools.product(*(range(k) for k in kernel)):
            for group in range(groups):
                inputs = [(unit, group * size + i, *place) for i in range(size)]
                rising = sorted(inputs, key=lambda at: score[at].item())  # stable
                assert [bool(found[at]) for at in rising] == [False] * (size - kept) + [True] * kept


def test_one_of_four_is_among_two_of_four() -> None:
    score = torch.rand(8, 16, 3, 3, generator=torch.Generator().manual_seed(0)).mul(5).floor()
    one, two = (pattern_masks({"w": score}, pattern)["w"] for pattern in ("1:4", "2:4"))
    assert bool((two | ~one).all())
    assert not torch.equal(one, two)


def test_a_layer_whose_inputs_do_not_divide_stays_dense() -> None:
    masks = pattern_masks({"stem": torch.rand(4, 3, 3, 3), "rest": torch.rand(4, 8)}, "2:4")
    assert bool(masks["stem"].all())
    assert int(masks["rest"].sum()) == 16


@pytest.mark.parametrize("text", ["2", "4:2", "0:4", "2:2", "a:b", "2:4:8", "-1:4"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="keeps 2 of every 4 weights, found"):
        parse_pattern(text)
