"""The samples that a brush on one combination keeps: ranges of its metrics, in the URL.

The ranges are about the combination that is shown, so that a link shows the same picture.
"""

from __future__ import annotations

from core.display.components.chart_brush import Range
from core.display.state import brush_filters as limits
from core.display.state.context import Combination
from core.store.queries.combination import Within
from core.store.subsets.predicates import Metric, MetricRange, Pair

# name in the URL -> metric
PLACES: dict[str, Metric] = {
    "shown_angle": "angle",
    "shown_length": "length",
    "shown_margin": "margin",
}
DRAGGED = ("shown_angle", "shown_length")


def ranges(notices: list[str]) -> dict[str, Range]:
    """The ranges that are set, by name, as `limits.read`."""
    return limits.read(PLACES, notices)


def clear() -> None:
    """Keep all samples."""
    limits.clear(PLACES)


def within(kept: dict[str, Range]) -> Within:
    """The ranges as the store's questions take them."""
    return Within(tuple((PLACES[name], *sides) for name, sides in kept.items()))


def parts(combination: Combination, kept: dict[str, Range]) -> tuple[MetricRange, ...]:
    """The ranges as parts of a subset."""
    pair = Pair(combination.model, combination.condition)
    return tuple(MetricRange(pair, PLACES[name], *sides) for name, sides in kept.items())
