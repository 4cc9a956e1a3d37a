"""The samples that a brush keeps: ranges of changes and of places, in the URL.

A range stays in the metric's unit, so that it keeps its meaning when another model or
class is looked at, and a link shows the same picture.
"""

from __future__ import annotations

from core.display.components.chart_brush import Range
from core.display.state import brush_filters as limits
from core.display.state.context import View
from core.store.subsets.predicates import Metric, MetricDifference, MetricRange, Subset

# name in the URL -> metric; changes are compared minus reference
CHANGES: dict[str, Metric] = {
    "change_angle": "angle",
    "change_length": "length",
    "change_margin": "margin",
}
# places are those under the reference
PLACES: dict[str, Metric] = {"place_angle": "angle", "place_length": "length"}


def ranges(notices: list[str]) -> dict[str, Range]:
    """The ranges that are set, by name, as `limits.read`."""
    return limits.read((*CHANGES, *PLACES), notices)


def clear() -> None:
    """Keep all samples."""
    limits.clear((*CHANGES, *PLACES))


def parts(view: View, kept: dict[str, Range]) -> tuple[Subset, ...]:
    """The ranges as parts of a subset, in a fixed order."""
    reference, compared = view.pair["reference"], view.pair["compared"]
    changes = (
        MetricDifference(reference, compared, metric, *kept[name])
        for name, metric in CHANGES.items()
        if name in kept
    )
    places = (
        MetricRange(reference, metric, *kept[name])
        for name, metric in PLACES.items()
        if name in kept
    )
    return (*changes, *places)
