"""Closed ranges: of a metric, of its change, of the angle to a class; and of columns in a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from core.metrics import METRICS
from core.store.combination import Combination
from core.store.subsets.base import (
    Binder,
    Label,
    Subset,
    SubsetError,
    in_both_rows,
    in_rows,
    words_of,
)

_SEPARATOR = "~"


@dataclass(frozen=True)
class Range:
    """A closed range; None leaves a side open.

    Attributes:
        low: smallest value, None for no limit.
        high: largest value, None for no limit.
    """

    low: float | None = None
    high: float | None = None

    @property
    def is_open(self) -> bool:
        """Neither side is limited."""
        return self.low is None and self.high is None

    def conditions(self, value: str, bind: Callable[[str, float], str]) -> list[str]:
        """SQL conditions on an expression; `bind` gives the placeholder of (side, limit)."""
        return [
            f"{value} {sign} {bind(side, float(limit))}"
            for side, sign, limit in (("low", ">=", self.low), ("high", "<=", self.high))
            if limit is not None
        ]

    def closed(self, ends: tuple[float, float]) -> tuple[float, float]:
        """Both sides, an open one at its end."""
        low = ends[0] if self.low is None else self.low
        return low, ends[1] if self.high is None else self.high

    def words(self, unit: str = "") -> str:
        """The range for people, such as `at most 30°`."""
        if self.low is not None and self.high is not None:
            return f"{self.low:.4g}{unit} to {self.high:.4g}{unit}"
        if self.low is not None:
            return f"at least {self.low:.4g}{unit}"
        return f"at most {self.high:.4g}{unit}" if self.high is not None else "defined"

    def text(self, separator: str = _SEPARATOR) -> str:
        """The range as a link carries it, rounded to five digits."""
        return separator.join(
            "" if side is None else f"{side:.5g}" for side in (self.low, self.high)
        )

    @classmethod
    def parse(cls, text: str, separator: str = _SEPARATOR) -> Range | None:
        """The range that `text` wrote; None where the text is none, or limits no side."""
        sides = text.split(separator)
        if len(sides) != 2:
            return None
        try:
            low, high = (float(side) if side else None for side in sides)
        except ValueError:
            return None
        limits = [side for side in (low, high) if side is not None]
        if not limits or not all(map(isfinite, limits)) or limits != sorted(limits):
            return None
        return cls(low, high)


@dataclass(frozen=True)
class MetricUnder:
    """A metric of a sample under one combination."""

    combination: Combination
    metric: str


@dataclass(frozen=True)
class MetricChange:
    """How much a metric of a sample changes: compared minus reference."""

    reference: Combination
    compared: Combination
    metric: str


@dataclass(frozen=True)
class AngleToClass:
    """The angle of a sample to a class's direction, its true class's or another's."""

    combination: Combination
    class_name: str


@dataclass(frozen=True)
class RangeFilter(Subset):
    """Samples with a value in a closed range; those without the value are in none.

    Attributes:
        value: what is limited.
        range: the limits, in the value's unit.
    """

    value: MetricUnder | MetricChange | AngleToClass
    range: Range

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        match self.value:
            case MetricUnder(combination, metric):
                rows, inside = binder.rows(combination, "m"), in_rows
                value = METRICS[checked_metric(metric)].sql("m")
            case MetricChange(reference, compared, metric):
                rows = f"{binder.rows(reference, 'r')} AND {binder.rows(compared, 'm')}"
                inside = in_both_rows
                of_metric = METRICS[checked_metric(metric)]
                value = f"({of_metric.sql('m')} - {of_metric.sql('r')})"
            case AngleToClass(combination, class_name):
                rows, inside = binder.rows(combination, "m"), in_rows
                value = _angle_to(binder.class_id(class_name))
        limits = self.range.conditions(value, lambda _, limit: binder.value(limit))
        return inside(" AND ".join([rows, f"{value} IS NOT NULL", *limits]))

    def sentence(self, label: Label = str) -> str:
        """See `Subset`."""
        match self.value:
            case MetricUnder(combination, metric):
                found = METRICS[metric]
                words = f"{found.label.lower()} {self.range.words(found.unit)}"
                return f"{words} under {words_of(combination, label)}"
            case MetricChange(reference, compared, metric):
                found = METRICS[metric]
                words = f"{found.label.lower()} changed by {self.range.words(found.unit)}"
                return f"{words} from {words_of(reference, label)} to {words_of(compared, label)}"
            case AngleToClass(combination, class_name):
                return (
                    f"angle to {class_name} {self.range.words('°')} "
                    f"under {words_of(combination, label)}"
                )


@dataclass(frozen=True)
class ColumnRanges:
    """Closed ranges of values that a query has at hand; all rows pass where there are none.

    Attributes:
        ranges: name of the value, range.
    """

    ranges: tuple[tuple[str, Range], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def sql(self, values: Mapping[str, str]) -> str:
        """A condition on a row, never NULL.

        Args:
            values: SQL expression of each value that can be limited.

        Raises:
            SubsetError: a range of a value that is not among them.
        """
        found = []
        for name, limits in self.ranges:
            if name not in values:
                raise SubsetError(f"expected a range of {', '.join(values)}, found {name!r}.")
            found += limits.conditions(values[name], _placeholder(name))
        return f"coalesce({' AND '.join(found)}, false)" if found else "true"

    def values(self) -> dict[str, object]:
        """The values that `sql` needs bound."""
        return {
            f"range_{name}_{side}": limit
            for name, limits in self.ranges
            for side, limit in (("low", limits.low), ("high", limits.high))
            if limit is not None
        }


UNLIMITED = ColumnRanges()


def _placeholder(name: str) -> Callable[[str, float], str]:
    return lambda side, _: f"$range_{name}_{side}"


def checked_metric(metric: str) -> str:
    """The metric's name, if there is such a metric.

    Raises:
        SubsetError: there is none.
    """
    if metric not in METRICS:
        raise SubsetError(f"expected a metric of {', '.join(METRICS)}, found {metric!r}.")
    return metric


def _angle_to(class_id: str) -> str:
    """Degrees to a class's direction; beyond 100 classes those to the nearest ones are known."""
    return (
        f"(CASE WHEN m.label = {class_id} THEN m.angle "
        f"WHEN m.angle_classes IS NULL THEN m.angles[{class_id} + 1] "
        f"ELSE m.angles[list_position(m.angle_classes, {class_id}::USMALLINT)] END)::DOUBLE"
    )
