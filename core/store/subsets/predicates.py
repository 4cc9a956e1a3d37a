"""Subsets of a study's samples as data: SQL with bound values, a sentence, and JSON.

A subset names models, conditions and classes, so that it outlives a republished study;
`to_sql` turns the names into the ids of one file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from core.store.subsets.base import Binder, Names, Pair, SelectionError, Subset, Where

__all__ = [
    "METRICS",
    "OUTCOMES",
    "AllOf",
    "Answered",
    "AnyOf",
    "Listed",
    "Metric",
    "MetricDifference",
    "MetricRange",
    "Names",
    "Not",
    "OfClass",
    "Outcome",
    "OutcomeName",
    "Pair",
    "SelectionError",
    "Subset",
    "Where",
]

Metric = Literal["angle", "length", "margin", "confidence"]
OutcomeName = Literal["both right", "broken", "fixed", "both wrong"]
METRICS: tuple[Metric, ...] = get_args(Metric)
OUTCOMES: dict[OutcomeName, tuple[bool, bool]] = {
    "both right": (True, True),
    "broken": (True, False),
    "fixed": (False, True),
    "both wrong": (False, False),
}
UNITS: dict[Metric, str] = {"angle": "°", "length": "", "margin": "", "confidence": ""}


@dataclass(frozen=True)
class OfClass(Subset):
    """Samples of one true class."""

    name: str

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return f"samples.label = {binder.class_id(self.name)}"

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        del label
        return f"class {self.name}"


@dataclass(frozen=True)
class Answered(Subset):
    """Samples that a model gets right, or wrong, under a condition."""

    pair: Pair
    correct: bool

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return _in(f"{binder.pair(self.pair, 'm')} AND m.correct = {binder.value(self.correct)}")

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        return f"{'right' if self.correct else 'wrong'} under {_words(self.pair, label)}"


@dataclass(frozen=True)
class Outcome(Subset):
    """Samples by what a comparison does to them, such as broken: right before, wrong after."""

    reference: Pair
    compared: Pair
    outcome: OutcomeName

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        before, after = OUTCOMES[self.outcome]
        return _in_both(
            f"{binder.pair(self.reference, 'r')} AND {binder.pair(self.compared, 'm')} "
            f"AND r.correct = {binder.value(before)} AND m.correct = {binder.value(after)}"
        )

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        return (
            f"{self.outcome} from {_words(self.reference, label)} to {_words(self.compared, label)}"
        )


@dataclass(frozen=True)
class MetricRange(Subset):
    """Samples whose metric lies in a closed range; None leaves a side open."""

    pair: Pair
    metric: Metric
    low: float | None
    high: float | None

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        value = f"m.{_column(self.metric)}::DOUBLE"
        return _in(f"{binder.pair(self.pair, 'm')}{_between(value, self.low, self.high, binder)}")

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        return (
            f"{self.metric} {_range(self.low, self.high, UNITS[self.metric])} "
            f"under {_words(self.pair, label)}"
        )


@dataclass(frozen=True)
class MetricDifference(Subset):
    """Samples whose metric changes by so much: compared minus reference, closed range."""

    reference: Pair
    compared: Pair
    metric: Metric
    low: float | None
    high: float | None

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        column = _column(self.metric)
        value = f"(m.{column}::DOUBLE - r.{column}::DOUBLE)"
        return _in_both(
            f"{binder.pair(self.reference, 'r')} AND {binder.pair(self.compared, 'm')}"
            f"{_between(value, self.low, self.high, binder)}"
        )

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        return (
            f"{self.metric} changed by {_range(self.low, self.high, UNITS[self.metric])} "
            f"from {_words(self.reference, label)} to {_words(self.compared, label)}"
        )


@dataclass(frozen=True)
class Listed(Subset):
    """Samples by id; ids that the study lacks select nothing."""

    sample_ids: tuple[int, ...]

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return f"list_contains({binder.value(list(self.sample_ids))}::INTEGER[], samples.sample_id)"

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        del label
        shown = ", ".join(str(i) for i in self.sample_ids[:5])
        more = len(self.sample_ids) - 5
        return f"samples {shown}" + (f" and {more:,} more" if more > 0 else "")


@dataclass(frozen=True)
class AllOf(Subset):
    """Samples in every part; all samples where there is none."""

    parts: tuple[Subset, ...] = ()

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return " AND ".join(f"({part.predicate(binder)})" for part in self.parts) or "true"

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        return " and ".join(part.sentence(label) for part in self.parts) or "all samples"


@dataclass(frozen=True)
class AnyOf(Subset):
    """Samples in at least one part; none where there is none."""

    parts: tuple[Subset, ...]

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return " OR ".join(f"({part.predicate(binder)})" for part in self.parts) or "false"

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        words = " or ".join(part.sentence(label) for part in self.parts)
        return f"({words})" if self.parts else "no samples"


@dataclass(frozen=True)
class Not(Subset):
    """Samples that are not in the part, those with an undefined metric among them."""

    part: Subset

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return f"NOT ({self.part.predicate(binder)})"

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        return f"not ({self.part.sentence(label)})"


def _in(condition: str) -> str:
    return f"samples.sample_id IN (SELECT m.sample_id FROM sample_metrics m WHERE {condition})"


def _in_both(condition: str) -> str:
    return (
        "samples.sample_id IN (SELECT m.sample_id FROM sample_metrics m "
        f"JOIN sample_metrics r USING (sample_id) WHERE {condition})"
    )


def _column(metric: str) -> str:
    if metric not in METRICS:
        raise SelectionError(f"expected a metric of {', '.join(METRICS)}, found {metric!r}.")
    return metric


def _between(value: str, low: float | None, high: float | None, binder: Binder) -> str:
    sql = f" AND {value} IS NOT NULL"
    if low is not None:
        sql += f" AND {value} >= {binder.value(float(low))}"
    if high is not None:
        sql += f" AND {value} <= {binder.value(float(high))}"
    return sql


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is not None and high is not None:
        return f"{low:.4g}{unit} to {high:.4g}{unit}"
    if low is not None:
        return f"at least {low:.4g}{unit}"
    return f"at most {high:.4g}{unit}" if high is not None else "defined"


def _words(pair: Pair, label: Callable[[str], str]) -> str:
    return f"{label(pair.model)} ({label(pair.condition)})"
