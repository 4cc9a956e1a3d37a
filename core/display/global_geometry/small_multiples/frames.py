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
from core.store.study import Study

LINES = 60
HEIGHT = 165


def model_rows(
    study: Study, samples: AxisSamples, shown: Sequence[Shown], untested: Sequence[str | None]
) -> list[tuple[ParallelPlot, str]]:
    """Picture and accuracy of each combination; the axes of the first and the last have names.

    Args:
        study: the open study.
        samples: on the axes.
        shown: the combinations.
        untested: for each, what stands in place of an interval; None: there is one.
    """
    style = LineStyle(colour="outcome", limit=LINES)
    rows = []
    for i, one in enumerate(shown):
        named = i in {0, len(shown) - 1}
        pixels = HEIGHT + named * NAMES_HEIGHT
        plot = parallel_plot(study, samples, [one], style=style, pixels=pixels, named=named)
        correct = values_under(study, samples, one.key).samples["correct"]
        rows.append((plot, _accuracy(int(correct.sum()), len(correct), untested[i])))
    return rows


def _accuracy(correct: int, samples: int, untested: str | None) -> str:
    if not samples:
        return "no samples"
    interval = untested or labels.interval_words(correct, samples)
    return f"accuracy {labels.percent(correct / samples)} ({interval})"
