"""Which classes get axes, in which order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.display.global_geometry.axes import ChosenAxes, choose_axes
from core.display.state.context import Context
from core.store.study import Study

METRICS = ["length", "margin", "true_probability"]


def names(chosen: ChosenAxes) -> list[str]:
    return [axis.name for axis in chosen.axes]


def test_all_of_few_classes_have_an_axis_then_the_metrics(
    context_of: Callable[..., Context],
) -> None:
    context = context_of(class_id=2)
    chosen = choose_axes(context.study, context.paired)
    assert names(chosen) == ["plane", "car", "bird", "cat", *METRICS]
    assert [axis.name for axis in chosen.axes if axis.own] == ["bird"]
    assert [axis.range_name("compared") for axis in chosen.axes[2:5]] == [
        "compared:angle:bird", "compared:angle:cat", "compared:length:",
    ]  # fmt: skip
    probability = chosen.axes[-1]
    assert (probability.low, probability.high) == (0.0, 1.0)
    assert (probability.title, probability.unit) == ("true-class probability", "")
    assert chosen.rule == ""


def test_pins_widen_the_axes_of_length_and_margin(context_of: Callable[..., Context]) -> None:
    context = context_of("lenet5-dense")
    pins = [context.study.key(context_of().compared)]
    alone = choose_axes(context.study, context.paired).axes[-3:-1]
    pinned = choose_axes(context.study, context.paired, pins=pins).axes[-3:-1]
    for one, other in zip(alone, pinned, strict=True):
        assert other.low <= one.low
        assert other.high >= one.high
    assert pinned != alone


@pytest.mark.parametrize("order", ["angle", "shift"])
def test_orders_follow_the_means(context_of: Callable[..., Context], order: str) -> None:
    context = context_of(class_id=2)
    chosen = choose_axes(context.study, context.paired, order=order)
    assert set(names(chosen)[:4]) == {"plane", "car", "bird", "cat"}
    assert order == "shift" or names(chosen)[0] == "bird"


def test_classes_picked_by_hand_stand_beside_the_chosen_one(
    context_of: Callable[..., Context], many_classes: Callable[[int], Study]
) -> None:
    context = context_of("net-magnitude-0.9", class_id=7, study=many_classes(100))
    chosen = choose_axes(
        context.study, context.paired, rule="picked", picked=["class 40", "class 3", "class 7"]
    )
    assert names(chosen) == ["class 3", "class 7", "class 40", *METRICS]
    assert chosen.rule == "3 of 100 class directions: class 7 and those picked by hand."
    none = choose_axes(context.study, context.paired, rule="picked")
    assert len(none.axes) == 15
    assert none.rule.endswith("; pick classes to replace them.")
