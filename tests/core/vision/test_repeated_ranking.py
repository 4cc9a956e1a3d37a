"""Rankings that go on from the last one against a stable sort of everything."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.vision import repeated_ranking
from core.vision.masks import best_of_each_unit, kept_count, masks_from_scores, removed_count
from core.vision.repeated_ranking import RepeatedRanking

Scores = dict[str, torch.Tensor]


def by_stable_sort(scores: Scores, ratio: float, *, scope: str) -> Scores:
    """Remove the lowest first, of equals the earlier one, never a unit's first best weight."""
    masks = {name: torch.ones(score.shape, dtype=torch.bool) for name, score in scores.items()}
    for pool in [list(scores)] if scope == "global" else [[name] for name in scores]:
        removable = [
            (value, name, unit, place)
            for name in pool
            for unit, row in enumerate(scores[name].tolist())
            for place, value in enumerate(row)
            if place != row.index(max(row))
        ]
        removable.sort(key=lambda weight: weight[0])
        weight_count = sum(scores[name].numel() for name in pool)
        for _, name, unit, place in removable[: removed_count(ratio, weight_count)]:
            masks[name][unit, place] = False
    return masks


# eighths: many ties, also of what moves with what does not
values = st.integers(0, 12).map(lambda eighths: eighths / 8)


@st.composite
def moving_scores(draw: st.DrawFn) -> list[Scores]:
    """Scores of some layers, call after call; some calls move a few weights only."""
    shapes = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6)), min_size=1, max_size=3))
    total = sum(units * size for units, size in shapes)
    flat = draw(st.lists(values, min_size=total, max_size=total))
    calls = []
    for _ in range(draw(st.integers(2, 5))):
        for place in draw(st.lists(st.integers(0, total - 1), max_size=total)):
            flat[place] = draw(values)
        parts = torch.tensor(flat).split([units * size for units, size in shapes])
        pairs = zip(parts, shapes, strict=True)
        calls.append({str(number): part.view(shape) for number, (part, shape) in enumerate(pairs)})
    return calls


@settings(deadline=None, max_examples=300)
@given(
    calls=moving_scores(),
    ratio=st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.75, 0.9, 1.0]),
    scope=st.sampled_from(["global", "layerwise"]),
)
def test_masks_are_those_of_a_stable_sort_whatever_was_ranked_before(
    calls: list[Scores], ratio: float, scope: str
) -> None:
    ranking = RepeatedRanking(ratio, scope=scope)
    for scores in calls:
        expected = by_stable_sort(scores, ratio, scope=scope)
        found = ranking.masks(scores)
        assert list(found) == list(scores)
        assert all(torch.equal(found[name], expected[name]) for name in scores)


@settings(deadline=None, max_examples=200)
@given(
    calls=moving_scores(),
    ratios=st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.55, 0.9, 1.0]), min_size=1, max_size=8),
    scope=st.sampled_from(["global", "layerwise"]),
)
def test_without_a_floor_they_are_those_of_the_scores_alone_at_whatever_ratio_comes_next(
    calls: list[Scores], ratios: list[float], scope: str
) -> None:
    ranking = RepeatedRanking(0.5, scope=scope, floor_per_unit=False)
    for scores, ratio in zip(calls, ratios, strict=False):
        ranking.ratio = ratio
        expected = masks_from_scores(scores, ratio, scope=scope)
        found = ranking.masks(scores)
        assert all(torch.equal(found[name], expected[name]) for name in scores)


def counted_full_rankings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []

    def counted(*arguments: object, **settings: object) -> Scores:
        calls.append(1)
        return masks_from_scores(*arguments, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(repeated_ranking, "masks_from_scores", counted)
    return calls


@pytest.mark.parametrize("scope", ["global", "layerwise"])
@pytest.mark.parametrize("ratio", [0.3, 0.9, 0.99])
def test_scores_that_drift_are_ranked_in_full_only_at_the_start(
    scope: str, ratio: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = counted_full_rankings(monkeypatch)
    generator = torch.Generator().manual_seed(0)
    scores = {
        "wide": torch.rand((40, 900), generator=generator),
        "narrow": torch.rand((60, 20), generator=generator) / 8,  # units with nothing but low ones
        "one": torch.rand((10, 1), generator=generator),
    }
    ranking = RepeatedRanking(ratio, scope=scope)
    pools = 1 if scope == "global" else len(scores)
    for _ in range(30):
        found = ranking.masks(scores)
        expected = masks_from_scores(
            scores, ratio, scope=scope, protected=best_of_each_unit(scores)
        )
        assert all(torch.equal(found[name], expected[name]) for name in scores)
        drift = {n: torch.rand(s.shape, generator=generator) / 1000 for n, s in scores.items()}
        scores = {name: (score - drift[name]).abs() for name, score in scores.items()}
    # "one" has nothing to remove: one weight a unit
    assert len(full) <= 3 * pools + (30 if scope == "layerwise" else 0)


def test_a_jump_of_all_scores_is_ranked_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    full = counted_full_rankings(monkeypatch)
    scores = {"w": torch.linspace(0, 1, 1000).view(10, 100)}
    ranking = RepeatedRanking(0.9, scope="global")
    for factor in (1.0, 50.0, 5000.0):
        found = ranking.masks({"w": scores["w"] * factor})
        assert kept_count(found) == 100
    assert len(full) == 3


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_scores_that_stop_being_finite_are_ranked_as_ever(bad: float) -> None:
    good = torch.linspace(0, 1, 100).view(5, 20)
    broken = good.clone()
    broken[1:4] = bad
    ranking = RepeatedRanking(0.5, scope="global")
    ranking.masks({"w": good})
    if math.isnan(bad):
        with pytest.raises(InputError, match="a number as the score of every weight, found NaN"):
            ranking.masks({"w": broken})
    for scores in (good, *([broken] if math.isinf(bad) else []), good):
        expected = masks_from_scores(
            {"w": scores}, 0.5, scope="global", protected=best_of_each_unit({"w": scores})
        )
        assert torch.equal(ranking.masks({"w": scores})["w"], expected["w"])
