"""Equal bins in SQL: one expression, one way to bind the ends."""

from __future__ import annotations

from collections.abc import Mapping

Ends = Mapping[str, tuple[float, float]]
"""Low and high of each metric's bins."""


def bin_of(value: str, low: str, high: str) -> str:
    """The 0-based bin of a value among `$bins` equal ones between two ends.

    Values outside count in the outermost bins.

    Args:
        value: SQL expression, DOUBLE.
        low: SQL expression of the lower end.
        high: SQL expression of the upper end.
    """
    place = f"floor(({value} - {low}) / ({high} - {low}) * $bins)"
    return f"greatest(0, least($bins - 1, {place}))::INTEGER"


def end_values(ends: Ends) -> dict[str, object]:
    """The values `METRIC_low` and `METRIC_high` that queries over bins need bound."""
    return {
        f"{metric}_{side}": limit
        for metric, limits in ends.items()
        for side, limit in zip(("low", "high"), limits, strict=True)
    }


def texts(names: list[str] | tuple[str, ...]) -> str:
    """A SQL list of names from the code, never from a user."""
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


def placeholders(metrics: list[str] | tuple[str, ...], side: str) -> str:
    """A SQL list of what `end_values` binds for one side of each metric."""
    return "[" + ", ".join(f"${metric}_{side}" for metric in metrics) + "]::DOUBLE[]"
