"""Intervals on the axes: what a drag adds, what the URL keeps, which samples pass."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.display.global_geometry.axes import Axis
from core.display.state import url as url_state
from core.display.state.context import View
from core.store.subsets.class_angle import DirectionRange
from core.store.subsets.predicates import AllOf, MetricRange, Names, Subset

_CHOICE = "interval"
ROLES = ("reference", "compared")
_METRICS = {"length": "length", "margin": "margin"}


@dataclass(frozen=True)
class Interval:
    """A range on one axis of one combination; None leaves a side open.

    Attributes:
        role: `reference` or `compared`.
        kind: `angle`, `length` or `margin`.
        class_name: of an angle, else empty.
        low: in the axis's unit.
        high: in the axis's unit.
    """

    role: str
    kind: str
    class_name: str
    low: float | None
    high: float | None

    @property
    def place(self) -> tuple[str, str, str]:
        """The axis; it has one interval at most."""
        return self.role, self.kind, self.class_name

    def is_on(self, axis: Axis) -> bool:
        """Whether it lies on this axis."""
        name = self.class_name if self.kind == "angle" else self.kind
        return (self.kind == "angle") == (axis.class_id is not None) and name == axis.name

    def words(self) -> str:
        """The interval for people."""
        unit = "°" if self.kind == "angle" else ""
        name = f"angle to {self.class_name}" if self.kind == "angle" else self.kind
        if self.low is None:
            text = f"at most {self.high:.4g}{unit}"
        elif self.high is None:
            text = f"at least {self.low:.4g}{unit}"
        else:
            text = f"{self.low:.4g}{unit} to {self.high:.4g}{unit}"
        return f"{name} {text}, {self.role}"

    def text(self) -> str:
        """How the URL writes it."""
        low, high = ("" if end is None else f"{end:.6g}" for end in (self.low, self.high))
        return f"{self.role}:{self.kind}:{low}:{high}:{self.class_name}"


def parse(text: str) -> Interval | None:
    """The interval that `Interval.text` wrote; None for any other text."""
    parts = text.split(":", 4)
    if len(parts) != 5:
        return None
    role, kind, low_text, high_text, class_name = parts
    if (
        role not in ROLES
        or kind not in {"angle", *_METRICS}
        or (kind == "angle") != bool(class_name)
    ):
        return None
    try:
        low, high = (float(end) if end else None for end in (low_text, high_text))
    except ValueError:
        return None
    ends = [end for end in (low, high) if end is not None]
    if not ends or not all(map(math.isfinite, ends)) or ends != sorted(ends):
        return None
    return Interval(role, kind, class_name, low, high)


def current(view: View) -> tuple[Interval, ...]:
    """The session's intervals that this study can have."""
    names = set(view.classes["name"])
    return tuple(one for one in stored() if one.kind != "angle" or one.class_name in names)


def stored() -> tuple[Interval, ...]:
    """The session's intervals, whatever the study."""
    found = (parse(text) for text in url_state.get_choices(_CHOICE))
    return tuple(one for one in found if one is not None)


def add(*intervals: Interval) -> None:
    """Put intervals on their axes, in place of those that are there."""
    together = {one.place: one for one in (*stored(), *intervals)}
    url_state.set_choice(_CHOICE, *(one.text() for one in together.values()))


def on_axis(axis: Axis, role: str) -> Interval:
    """An interval on an axis that is open on both sides: the place of one."""
    angle = axis.class_id is not None
    return Interval(role, "angle" if angle else axis.name, axis.name if angle else "", None, None)


def put(place: Interval, low: float | None, high: float | None) -> None:
    """Set both ends of the interval on an axis; without ends it is taken away."""
    if low is not None and high is not None and low > high:
        low, high = high, low
    if low is None and high is None:
        remove(*(one for one in stored() if one.place == place.place))
    else:
        add(replace(place, low=low, high=high))


def remove(*intervals: Interval) -> None:
    """Take intervals away."""
    gone = {one.text() for one in intervals}
    kept = [text for text in url_state.get_choices(_CHOICE) if text not in gone]
    url_state.set_choice(_CHOICE, *kept)


def of_drag(
    box: Mapping[str, Sequence[float]], axes: Sequence[Axis], role: str
) -> tuple[Interval, ...]:
    """The intervals that a drag over the chart means.

    It counts for every axis that it crosses, or else for the nearest one within half a
    step. An end beyond the axis is open.

    Args:
        box: `position` (0-based, left to right) and `height` (0 at the foot, 1 at the top),
            two numbers each; anything else is no drag.
        axes: left to right.
        role: whose lines they are.
    """
    if {"position", "height"} - box.keys():
        return ()
    left, right = sorted(float(end) for end in box["position"])
    foot, top = sorted(float(end) for end in box["height"])
    if top <= 0 or foot >= 1:
        return ()
    crossed = [i for i in range(len(axes)) if left <= i <= right]
    nearest = round((left + right) / 2)
    if not crossed and 0 <= nearest < len(axes):
        crossed = [nearest]
    found = []
    for i in crossed:
        axis = axes[i]
        low = axis.value(foot) if foot > 0 else None
        high = axis.value(top) if top < 1 else None
        digits = 3 if axis.class_id is None else 1
        found.append(
            replace(
                on_axis(axis, role),
                low=None if low is None else round(low, digits),
                high=None if high is None else round(high, digits),
            )
        )
    return tuple(one for one in found if one.low is not None or one.high is not None)


def subset_of(intervals: Sequence[Interval], view: View) -> Subset:
    """The samples that pass all intervals."""
    parts: list[Subset] = []
    for one in intervals:
        pair = view.pair[one.role]
        if one.kind == "angle":
            parts.append(DirectionRange(pair, one.class_name, one.low, one.high))
        else:
            metric = "length" if one.kind == "length" else "margin"
            parts.append(MetricRange(pair, metric, one.low, one.high))  # type: ignore[arg-type]
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def names_of(view: View) -> Names:
    """The open study's ids by name."""
    return Names(
        dict(zip(view.models["name"], view.models["model_id"], strict=True)),
        dict(zip(view.conditions["name"], view.conditions["condition_id"], strict=True)),
        dict(zip(view.classes["name"], view.classes["class_id"], strict=True)),
    )


def chosen_and(view: View, subset: Subset) -> Any:
    """The page's samples that are also in a further subset, as queries take them."""
    return replace(view.chosen, where=AllOf((view.subset, subset)).to_sql(names_of(view)))
