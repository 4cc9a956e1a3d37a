"""Whether samples were chosen by what models make of them, so that a test on them says nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import Enum

from core.store.combination import Combination
from core.store.subsets.base import Subset
from core.store.subsets.combinators import AllOf, AnyOf, Not
from core.store.subsets.predicates import Correctness, OfClass, Outcome, PredictedAs, SampleIds
from core.store.subsets.ranges import AngleToClass, MetricChange, MetricUnder, RangeFilter


class Choice(Enum):
    """How samples were chosen, where a test on them would only find the choice again."""

    BY_MODEL = "by an outcome or a metric of a model"
    BY_HAND = "one by one"


def choice_by(subset: Subset, models: Collection[str]) -> Choice | None:
    """How a subset was chosen as far as a test of some models is concerned; None: test it.

    Answers and metrics of one model under two conditions are about the same images and weights
    and go together, so that a subset by a model under one condition is also chosen for it under
    all others.

    Args:
        subset: with all its parts.
        models: names of the models that are shown or tested.
    """
    by_hand = False
    for part in _leaves(subset):
        if isinstance(part, SampleIds):
            by_hand = True
        elif any(one.model in models for one in _asked(part)):
            return Choice.BY_MODEL
    return Choice.BY_HAND if by_hand else None


def _leaves(subset: Subset) -> Iterator[Subset]:
    match subset:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part):
            yield from _leaves(part)
        case _:
            yield subset


def _asked(subset: Subset) -> tuple[Combination, ...]:
    """The combinations whose answers or metrics decide which samples a subset holds."""
    match subset:
        case OfClass():
            return ()
        case Correctness(combination) | PredictedAs(combination):
            return (combination,)
        case Outcome(reference, compared):
            return reference, compared
        case RangeFilter(MetricUnder(combination) | AngleToClass(combination)):
            return (combination,)
        case RangeFilter(MetricChange(reference, compared)):
            return reference, compared
    raise TypeError(f"expected a subset of a known kind, found {type(subset).__name__}.")
