"""What the rows of models show: a picture each, and the accuracy in words."""

from __future__ import annotations

from collections.abc import Sequence

from core.display import labels
from core.display.global_geometry.parallel.plot import (
    LineStyle,
    ParallelPlot,
    Shown,
    parallel_plot,
)
from core.display.global_geometry.plot_area import NAMES_HEIGHT
from core.display.global_geometry.values import AxisSamples, values_under
from core.stats.intervals import wilson_interval
from core.store.study import Study

LINES = 60
HEIGHT = 165


def model_rows(
    study: Study, samples: AxisSamples, shown: Sequence[Shown]
) -> list[tuple[ParallelPlot, str]]:
    """Picture and accuracy of each combination; the axes of the first and the last have names."""
    style = LineStyle(colour="outcome", limit=LINES)
    rows = []
    for i, one in enumerate(shown):
        named = i in {0, len(shown) - 1}
        pixels = HEIGHT + named * NAMES_HEIGHT
        plot = parallel_plot(study, samples, [one], style=style, pixels=pixels, named=named)
        correct = values_under(study, samples, one.key).samples["correct"]
        rows.append((plot, _accuracy(int(correct.sum()), len(correct))))
    return rows


def _accuracy(correct: int, samples: int) -> str:
    if not samples:
        return "no samples"
    low, high = (labels.percent(end) for end in wilson_interval(correct, samples))
    return f"accuracy {labels.percent(correct / samples)} ({low} to {high})"
