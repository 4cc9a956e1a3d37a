"""What the global geometry page shows of its axes, and what it says the pictures leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels
from core.display.global_geometry.mean_shift.frames import axis_shifts
from core.display.global_geometry.parallel.plot import (
    LineStyle,
    ParallelPlot,
    Shown,
    parallel_plot,
)
from core.display.global_geometry.plot_area import DEGREES
from core.display.global_geometry.values import AxisSamples, Values, values_under
from core.store.queries.class_angles import stored_angles
from core.store.queries.study import sample_ids
from core.store.study import Study
from core.store.subsets.base import SampleFilter
from core.store.subsets.ranges import Range

_LARGE, _STACKED = 448, 338


@dataclass(frozen=True)
class ParallelFrames:
    """Everything that the page shows of its axes.

    Attributes:
        plots: from top to bottom.
        shifts: of the means, as `mean_shift.chart` takes them; None without two combinations.
        samples: filtered ones.
        selected: how many of these are in all ranges; None without ranges.
        notes: what the pictures leave out, a sentence each.
    """

    plots: tuple[ParallelPlot, ...]
    shifts: dict[str, pl.DataFrame] | None
    samples: int
    selected: int | None
    notes: tuple[str, ...]


def parallel_frames(
    study: Study,
    samples: AxisSamples,
    plots: Sequence[Sequence[Shown]],
    *,
    style: LineStyle,
    ranges: Mapping[str, Range],
    selection: SampleFilter | None,
) -> ParallelFrames:
    """The pictures of one or two combinations.

    Args:
        study: the open study.
        samples: on the axes.
        plots: which combinations each picture shows, from top to bottom.
        style: of the lines.
        ranges: to show on the axes, by name.
        selection: the samples within all ranges; None without ranges.
    """
    within = None
    if selection is not None:
        within = study.run(sample_ids, sample_filter=selection)["sample_id"]
    pixels = _LARGE if len(plots) == 1 else _STACKED
    style = style._replace(limit=style.limit // len(plots))
    made = tuple(
        parallel_plot(
            study, samples, plot, style=style, pixels=pixels, ranges=ranges, selected=within
        )
        for plot in plots
    )
    shown = [one for plot in plots for one in plot]
    values = {one.role: values_under(study, samples, one.key) for one in shown}
    return ParallelFrames(
        plots=made,
        shifts=study.derive(axis_shifts, samples) if len({one.key for one in shown}) > 1 else None,
        samples=len(values[shown[0].role].table),
        selected=None if within is None else len(within),
        notes=tuple(_notes(study, values, drawn=made[-1].drawn)),
    )


def _notes(study: Study, values: Mapping[str, Values], *, drawn: int) -> list[str]:
    """What the pictures leave out or can't show, and why."""
    sentences = []
    samples = len(next(iter(values.values())).table)
    low, high = DEGREES
    if drawn < samples:
        sentences.append(
            f"{drawn:,} of {samples:,} samples are drawn, picked at random with a fixed seed"
            " (selected ones first); densities, means and counts are over all."
        )
    if any(found.nearest_only for found in values.values()):
        sentences.append(
            f"This study stores each sample's {study.run(stored_angles).item()} nearest class "
            "directions and its true class's: a line at the upper rim is at a class further away "
            "than those, and densities and means of that axis are over the samples for which it "
            "is near."
        )
    for role, found in values.items():
        if found.zero_features:
            sentences.append(
                f"Under the {role}, {found.zero_features:,} of {labels.count(samples, 'sample')} "
                "have no angles (the network gives a zero feature)."
            )
        below, above = found.outside
        if below or above:
            angles = int(np.isfinite(found.angles).sum())
            sentences.append(
                f"Under the {role}, {below + above:,} of {angles:,} angles on these axes lie "
                f"outside {low:.0f}° to {high:.0f}° and stand at the rim: {below:,} below, "
                f"{above:,} above."
            )
    return sentences
