"""Ranges on the axes: what a drag means, what the URL keeps, which samples they select.

A range's name is `role:metric:class`, such as `compared:angle:cat` or `reference:length:`; the
URL's key `interval` carries it as `role:metric:low:high:class`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.display.global_geometry.axes import AXIS_METRICS, Axis
from core.display.state import url
from core.display.state.brush_filters import Ranges
from core.display.state.context import Context
from core.metrics import METRICS
from core.store.combination import Combination
from core.store.subsets.ranges import AngleToClass, MetricUnder, Range, RangeFilter

ROLES = ("reference", "compared")
_CHOICE = "interval"


def parse(text: str) -> tuple[str, Range] | None:
    """Name and range that `to_text` wrote; None for any other text."""
    parts = text.split(":", 4)
    if len(parts) < 5:
        return None
    role, metric, low, high, class_name = parts
    limits = Range.parse(f"{low}:{high}", ":")
    known = role in ROLES and (metric == "angle" if class_name else metric in AXIS_METRICS)
    return (f"{role}:{metric}:{class_name}", limits) if known and limits is not None else None


def to_text(name: str, limits: Range) -> str:
    """How the URL writes a range."""
    role, metric, class_name = name.split(":", 2)
    return f"{role}:{metric}:{limits.text(':')}:{class_name}"


def words(name: str, limits: Range) -> str:
    """A range for people."""
    role, metric, class_name = name.split(":", 2)
    title = f"angle to {class_name}" if class_name else METRICS[metric].label.lower()
    return f"{title} {limits.words(METRICS[metric].unit)}, {role}"


def filters(ranges: Ranges, roles: Mapping[str, Combination]) -> list[RangeFilter]:
    """The ranges, by name, as parts of a subset, with the combination of each role."""
    found = []
    for name, limits in ranges.items():
        role, metric, class_name = name.split(":", 2)
        under = roles[role]
        value = AngleToClass(under, class_name) if class_name else MetricUnder(under, metric)
        found.append(RangeFilter(value, limits))
    return found


def current(context: Context) -> dict[str, Range]:
    """The session's ranges that this study can have, by name."""
    known = {"", *context.study.names.classes}
    return {name: limits for name, limits in stored().items() if name.split(":", 2)[2] in known}


def stored() -> dict[str, Range]:
    """The session's ranges, whatever the study, by name."""
    return dict(one for one in map(parse, url.get_choices(_CHOICE)) if one is not None)


def put(ranges: Ranges) -> None:
    """Set ranges in place of those on the same axes; one without limits is taken away."""
    together = {**stored(), **ranges}
    texts = (to_text(name, one) for name, one in together.items() if not one.is_open)
    url.set_choice(_CHOICE, *texts)


def remove(*names: str) -> None:
    """Take ranges away."""
    put(dict.fromkeys(names, Range()))


def of_drag(
    box: Mapping[str, Sequence[float]], axes: Sequence[Axis], role: str
) -> dict[str, Range]:
    """The ranges that a drag over the chart means, by name.

    It counts for every axis that it crosses, or else for the nearest one within half a
    step. An end beyond the axis is open.

    Args:
        box: `position` (0-based, left to right) and `height` (0 at the foot, 1 at the top),
            two numbers each; anything else is no drag.
        axes: left to right.
        role: whose lines they are.
    """
    if {"position", "height"} - box.keys():
        return {}
    left, right = sorted(box["position"])
    foot, top = sorted(box["height"])
    if top <= 0 or foot >= 1 or (foot <= 0 and top >= 1):
        return {}
    nearest = round((left + right) / 2)
    crossed = [axis for i, axis in enumerate(axes) if left <= i <= right]
    found = {}
    for axis in crossed or [axis for i, axis in enumerate(axes) if i == nearest]:
        digits = 3 if axis.class_id is None else 1
        found[axis.range_name(role)] = Range(
            round(axis.value(foot), digits) if foot > 0 else None,
            round(axis.value(top), digits) if top < 1 else None,
        )
    return found
