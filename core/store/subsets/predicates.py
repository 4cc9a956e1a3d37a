"""Samples by class, by correctness, by what a comparison does to them, by prediction, by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from core.store.combination import Combination
from core.store.subsets.base import Binder, Label, Subset, in_both_rows, in_rows, words_of

OutcomeName = Literal["both right", "broken", "fixed", "both wrong"]


class OutcomeWords(NamedTuple):
    """An outcome: right under the reference, right under the compared, and its label."""

    before: bool
    after: bool
    label: str


OUTCOMES: dict[OutcomeName, OutcomeWords] = {
    "both right": OutcomeWords(True, True, "both right"),
    "broken": OutcomeWords(True, False, "right → wrong"),
    "fixed": OutcomeWords(False, True, "wrong → right"),
    "both wrong": OutcomeWords(False, False, "both wrong"),
}
"""By the name that data and links carry."""


@dataclass(frozen=True)
class OfClass(Subset):
    """Samples of one true class."""

    name: str

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return f"samples.label = {binder.class_id(self.name)}"

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        del label
        return f"class {self.name}"


@dataclass(frozen=True)
class Correctness(Subset):
    """Samples that a model gets right, or wrong, under a condition."""

    combination: Combination
    correct: bool

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        rows = binder.rows(self.combination, "m")
        return in_rows(f"{rows} AND m.correct = {binder.value(self.correct)}")

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        return f"{'right' if self.correct else 'wrong'} under {words_of(self.combination, label)}"


@dataclass(frozen=True)
class Outcome(Subset):
    """Samples by what a comparison does to them, such as `broken`: right before, wrong after."""

    reference: Combination
    compared: Combination
    outcome: OutcomeName

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        before, after, _ = OUTCOMES[self.outcome]
        return in_both_rows(
            f"{binder.rows(self.reference, 'r')} AND {binder.rows(self.compared, 'm')} "
            f"AND r.correct = {binder.value(before)} AND m.correct = {binder.value(after)}"
        )

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        return (
            f"{OUTCOMES[self.outcome].label} from {words_of(self.reference, label)} "
            f"to {words_of(self.compared, label)}"
        )


@dataclass(frozen=True)
class PredictedAs(Subset):
    """Samples that a model predicts as one class under a condition."""

    combination: Combination
    class_name: str

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        rows = binder.rows(self.combination, "m")
        return in_rows(f"{rows} AND m.prediction = {binder.class_id(self.class_name)}")

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        return f"predicted as {self.class_name} under {words_of(self.combination, label)}"


@dataclass(frozen=True)
class SampleIds(Subset):
    """Samples by id; ids that the study lacks select nothing."""

    sample_ids: tuple[int, ...]

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return f"list_contains({binder.value(self.sample_ids)}::INTEGER[], samples.sample_id)"

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        del label
        shown = ", ".join(str(i) for i in self.sample_ids[:5])
        more = len(self.sample_ids) - 5
        return f"samples {shown}" + (f" and {more:,} more" if more > 0 else "")
