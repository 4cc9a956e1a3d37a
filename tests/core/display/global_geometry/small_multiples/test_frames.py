"""Rows of models on the same axes."""

from __future__ import annotations

from collections.abc import Callable

from core.display.global_geometry.axes import choose_axes
from core.display.global_geometry.parallel.plot import Shown
from core.display.global_geometry.plot_area import NAMES_HEIGHT
from core.display.global_geometry.small_multiples.frames import HEIGHT, model_rows
from core.display.global_geometry.values import AxisSamples
from core.display.state.context import Context
from core.store.combination import Combination


def test_each_model_has_a_picture_and_its_accuracy(context_of: Callable[..., Context]) -> None:
    context = context_of()
    samples = AxisSamples(context.paired, choose_axes(context.study, context.paired).axes)
    names = ["lenet5-dense", "lenet5-random-0.5", "lenet5-magnitude-0.9"]
    shown = [
        Shown("reference", context.study.key(Combination(name, "clean")), name) for name in names
    ]
    untested = [None, "chosen by this; no test", None]
    rows = model_rows(context.study, samples, shown, untested)
    named = HEIGHT + NAMES_HEIGHT
    assert [plot.plot_area.pixels for plot, _ in rows] == [named, HEIGHT, named]
    assert [set(plot.tables) for plot, _ in rows] == [{"picture", "axes", "moments"}] * 3
    correct = context.study.models.filter(model_id=0)["clean_correct"][0]
    assert rows[1][1].endswith(" (chosen by this; no test)")
    assert rows[0][1].startswith(f"accuracy {100 * correct / 40:.1f}\N{NO-BREAK SPACE}% (")
