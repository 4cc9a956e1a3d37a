"""Subsets by what a model makes of a sample: the angle to any class, the predicted class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.store.subsets.base import Binder, Pair, Subset


@dataclass(frozen=True)
class DirectionRange(Subset):
    """Samples whose angle to a class's direction, own or not, lies in a closed range.

    Attributes:
        pair: model and condition.
        class_name: the class whose direction it is.
        low: degrees, None for no limit.
        high: degrees, None for no limit.
    """

    pair: Pair
    class_name: str
    low: float | None
    high: float | None

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        k = binder.class_id(self.class_name)
        angle = (
            f"(CASE WHEN m.label = {k} THEN m.angle "
            f"WHEN m.angle_classes IS NULL THEN m.angles[{k} + 1] "
            f"ELSE m.angles[list_position(m.angle_classes, {k}::USMALLINT)] END)::DOUBLE"
        )
        sql = f"{binder.pair(self.pair, 'm')} AND {angle} IS NOT NULL"
        if self.low is not None:
            sql += f" AND {angle} >= {binder.value(float(self.low))}"
        if self.high is not None:
            sql += f" AND {angle} <= {binder.value(float(self.high))}"
        return _in(sql)

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        if self.low is not None and self.high is not None:
            words = f"{self.low:.4g}° to {self.high:.4g}°"
        elif self.low is not None:
            words = f"at least {self.low:.4g}°"
        else:
            words = "defined" if self.high is None else f"at most {self.high:.4g}°"
        return (
            f"angle to {self.class_name} {words} "
            f"under {label(self.pair.model)} ({label(self.pair.condition)})"
        )


@dataclass(frozen=True)
class PredictedAs(Subset):
    """Samples that a model predicts as one class under a condition."""

    pair: Pair
    class_name: str

    def predicate(self, binder: Binder) -> str:
        """See `Subset`."""
        return _in(
            f"{binder.pair(self.pair, 'm')} AND m.prediction = {binder.class_id(self.class_name)}"
        )

    def sentence(self, label: Callable[[str], str] = str) -> str:
        """See `Subset`."""
        return (
            f"predicted as {self.class_name} "
            f"under {label(self.pair.model)} ({label(self.pair.condition)})"
        )


def _in(condition: str) -> str:
    return f"samples.sample_id IN (SELECT m.sample_id FROM sample_metrics m WHERE {condition})"
