"""Which subsets a test of some models may not be made on."""

from __future__ import annotations

import pytest

from core.store.combination import Combination
from core.store.subsets.base import Subset
from core.store.subsets.combinators import ALL_SAMPLES, AllOf, AnyOf, Not
from core.store.subsets.dependence import Choice, choice_by
from core.store.subsets.predicates import Correctness, OfClass, Outcome, PredictedAs, SampleIds
from core.store.subsets.ranges import AngleToClass, MetricChange, MetricUnder, Range, RangeFilter

DENSE, OTHER = Combination("dense", "clean"), Combination("other", "clean")
LIMITS = Range(1.0, 2.0)
BY_DENSE = (
    Correctness(DENSE, correct=True),
    PredictedAs(DENSE, "cat"),
    Outcome(OTHER, DENSE, "broken"),
    Outcome(DENSE, OTHER, "both right"),
    RangeFilter(MetricUnder(DENSE, "angle"), LIMITS),
    RangeFilter(MetricChange(DENSE, OTHER, "margin"), LIMITS),
    RangeFilter(MetricChange(OTHER, DENSE, "margin"), LIMITS),
    RangeFilter(AngleToClass(DENSE, "cat"), LIMITS),
)


@pytest.mark.parametrize("subset", BY_DENSE, ids=str)
def test_an_outcome_or_metric_counts_for_the_models_that_it_asks(subset: Subset) -> None:
    assert choice_by(subset, {"dense"}) is Choice.BY_MODEL
    assert choice_by(subset, {"other", "dense"}) is Choice.BY_MODEL
    assert choice_by(subset, {"third"}) is None
    assert choice_by(subset, ()) is None


@pytest.mark.parametrize("subset", [ALL_SAMPLES, OfClass("cat"), Not(OfClass("cat")), AnyOf(())])
def test_classes_and_all_samples_can_be_tested(subset: Subset) -> None:
    assert choice_by(subset, {"dense"}) is None


@pytest.mark.parametrize("wrap", [lambda s: s, Not, lambda s: AllOf((OfClass("cat"), s)),
                                  lambda s: AnyOf((Not(AllOf((s,))), OfClass("cat")))])  # fmt: skip
def test_it_counts_wherever_it_stands(wrap: type[Not]) -> None:
    assert choice_by(wrap(BY_DENSE[0]), {"dense"}) is Choice.BY_MODEL
    assert choice_by(wrap(SampleIds((3, 5))), {"dense"}) is Choice.BY_HAND
    both = AllOf((wrap(SampleIds((3,))), wrap(BY_DENSE[4])))
    assert choice_by(both, {"dense"}) is Choice.BY_MODEL
    assert choice_by(both, {"third"}) is Choice.BY_HAND


def test_a_kind_that_nobody_thought_of_is_not_tested_by_mistake() -> None:
    with pytest.raises(TypeError, match="expected a subset of a known kind, found Subset"):
        choice_by(Subset(), {"dense"})
