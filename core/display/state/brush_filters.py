"""Ranges that a brush or the form "Enter range" sets, as texts in the URL.

A range stays in the metric's unit, so that it keeps its meaning when another model or class is
looked at, and a link shows the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.display.state import url
from core.metrics import GEOMETRIC, HISTOGRAMS
from core.store.combination import Combination
from core.store.subsets.base import Subset
from core.store.subsets.ranges import MetricChange, MetricUnder, Range, RangeFilter

Ranges = Mapping[str, Range]
"""The ranges that are set, by the name that the URL carries."""

# name in the URL -> metric
SHOWN: dict[str, str] = {f"shown_{metric}": metric for metric in GEOMETRIC}
"""Metrics under the combination that is shown."""
CHANGES: dict[str, str] = {f"change_{metric}": metric for metric in HISTOGRAMS}
"""Changes of metrics, compared minus reference."""
POSITIONS: dict[str, str] = {f"place_{metric}": metric for metric in ("angle", "length")}
"""Metrics under the reference, beside changes."""


def read(names: Iterable[str], notices: list[str]) -> dict[str, Range]:
    """The ranges that are set, by name; a text that is none is dropped with a notice."""
    found: dict[str, Range] = {}
    for name in names:
        text = url.get_choice(name)
        if text is None:
            continue
        parsed = Range.parse(text)
        if parsed is None:
            notices.append(
                f"Expected two rising numbers with “~” between them for {name.replace('_', ' ')}, "
                f"found “{text}”; no range is set there."
            )
            url.set_choice(name)
        else:
            found[name] = parsed
    return found


def set_range(name: str, limits: Range) -> None:
    """Set a range, rounded to what the URL carries; one without limits is taken away."""
    url.set_choice(name, *([] if limits.is_open else [limits.text()]))


def clear(names: Iterable[str]) -> None:
    """Take ranges away."""
    for name in names:
        url.set_choice(name)


def shown_parts(combination: Combination, ranges: Ranges) -> tuple[Subset, ...]:
    """Ranges of SHOWN as parts of a subset."""
    return tuple(
        RangeFilter(MetricUnder(combination, SHOWN[name]), limits)
        for name, limits in ranges.items()
    )


def paired_parts(
    reference: Combination, compared: Combination, ranges: Ranges
) -> tuple[Subset, ...]:
    """Ranges of CHANGES and POSITIONS as parts of a subset, in a fixed order."""
    values: dict[str, MetricChange | MetricUnder] = {
        **{name: MetricChange(reference, compared, metric) for name, metric in CHANGES.items()},
        **{name: MetricUnder(reference, metric) for name, metric in POSITIONS.items()},
    }
    return tuple(RangeFilter(values[name], ranges[name]) for name in values if name in ranges)
