"""The samples that a brush on one combination keeps: ranges of its metrics, in the URL.

The ranges are about the combination that is shown, so that a link shows the same picture.
"""

from __future__ import annotations

from core.display import kept_samples, url_state
from core.display.brushes import Range
from core.display.state import Combination
from core.store.place_queries import Within
from core.store.selection import Metric, MetricRange, Pair

# name in the URL -> metric
PLACES: dict[str, Metric] = {
    "shown_angle": "angle",
    "shown_length": "length",
    "shown_margin": "margin",
}
DRAGGED = ("shown_angle", "shown_length")


def ranges(notices: list[str]) -> dict[str, Range]:
    """The ranges that are set, by name; a text that is none is dropped with a notice."""
    found: dict[str, Range] = {}
    for name in PLACES:
        text = url_state.get_choice(name)
        if text is None:
            continue
        parsed = kept_samples.parse(text)
        if parsed is None:
            notices.append(
                f"Expected two numbers with “~” between them for {name.replace('_', ' ')}, "
                f"found “{text}”; keeping all samples there."
            )
            url_state.set_choice(name)
        else:
            found[name] = parsed
    return found


def clear() -> None:
    """Keep all samples."""
    for name in PLACES:
        url_state.set_choice(name)


def within(kept: dict[str, Range]) -> Within:
    """The ranges as the store's questions take them."""
    return Within(tuple((PLACES[name], *sides) for name, sides in kept.items()))


def parts(combination: Combination, kept: dict[str, Range]) -> tuple[MetricRange, ...]:
    """The ranges as parts of a subset."""
    pair = Pair(combination.model, combination.condition)
    return tuple(MetricRange(pair, PLACES[name], *sides) for name, sides in kept.items())
