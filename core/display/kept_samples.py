"""The samples that a brush keeps: ranges of changes and of places, in the URL.

A range stays in the metric's unit, so that it keeps its meaning when another model or
class is looked at, and a link shows the same picture.
"""

from __future__ import annotations

from math import isfinite

from core.display import url_state
from core.display.brushes import Range
from core.display.state import View
from core.store.selection import (
    Metric,
    MetricDifference,
    MetricRange,
    Subset,
)

# name in the URL -> metric; changes are compared minus reference
CHANGES: dict[str, Metric] = {
    "change_angle": "angle",
    "change_length": "length",
    "change_margin": "margin",
}
# places are those under the reference
PLACES: dict[str, Metric] = {"place_angle": "angle", "place_length": "length"}
_SEPARATOR = "~"


def ranges(notices: list[str]) -> dict[str, Range]:
    """The ranges that are set, by name; a text that is none is dropped with a notice."""
    found: dict[str, Range] = {}
    for name in (*CHANGES, *PLACES):
        text = url_state.get_choice(name)
        if text is None:
            continue
        parsed = parse(text)
        if parsed is None:
            notices.append(
                f"Expected two numbers with “{_SEPARATOR}” between them for "
                f"{name.replace('_', ' ')}, found “{text}”; keeping all samples there."
            )
            url_state.set_choice(name)
        else:
            found[name] = parsed
    return found


def parse(text: str) -> Range | None:
    """A range from the URL, None where the text is none."""
    sides = text.split(_SEPARATOR)
    if len(sides) != 2:
        return None
    try:
        low, high = (float(side) if side else None for side in sides)
    except ValueError:
        return None
    if any(side is not None and not isfinite(side) for side in (low, high)):
        return None
    if low is None and high is None:
        return None
    return low, high


def set_range(name: str, low: float | None, high: float | None) -> None:
    """Keep the samples between low and high, rounded to what the URL carries."""
    if low is None and high is None:
        url_state.set_choice(name)
        return
    sides = ("" if side is None else f"{side:.5g}" for side in (low, high))
    url_state.set_choice(name, _SEPARATOR.join(sides))


def clear() -> None:
    """Keep all samples."""
    for name in (*CHANGES, *PLACES):
        url_state.set_choice(name)


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
