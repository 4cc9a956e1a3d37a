"""What the local geometry page draws of one combination."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import cached_queries, labels
from core.display.densities import BINS, shared_ranges, smooth_densities
from core.display.state import Combination, View
from core.display.statistics import wilson_interval
from core.display.widgets import Thumbnail

DRAWN_LIMIT = 10_000
HARDEST_SHOWN = 12


@dataclass(frozen=True)
class LocalGeometry:
    """One class under one combination.

    Attributes:
        samples: how many there are.
        summary: the combination, class and accuracy in words.
        points: what is drawn, with `outcome`.
        densities: curves over all samples, by `outcome`.
        ranges: low and high of each metric over all classes.
        notes: what is missing from the picture, and why.
    """

    samples: int
    summary: str
    points: pl.DataFrame
    densities: pl.DataFrame
    ranges: dict[str, tuple[float, float]]
    notes: list[str]


def of_combination(view: View, combination: Combination) -> LocalGeometry:
    """Everything that the picture of one combination needs, for the chosen class."""
    ids = {"model_id": combination.model_id, "condition_id": combination.condition_id}
    ranges = shared_ranges(cached_queries.metric_ranges(view.resolved, **ids))
    counts = cached_queries.combination_counts(view.resolved, **ids, chosen=view.chosen).row(
        0, named=True
    )
    points = cached_queries.combination_points(
        view.resolved, **ids, chosen=view.chosen, limit=DRAWN_LIMIT
    )
    histograms = cached_queries.metric_histograms(
        view.resolved, **ids, chosen=view.chosen, ranges=ranges, bins=BINS
    )
    return LocalGeometry(
        samples=counts["samples"],
        summary=_summary(view, combination, counts),
        points=with_outcome(points),
        densities=smooth_densities(with_outcome(histograms), ranges, group="outcome"),
        ranges=ranges,
        notes=_notes(counts, drawn=points.height),
    )


def hardest_samples(view: View, combination: Combination) -> list[Thumbnail]:
    """The samples of the class with the lowest margins, as a gallery."""
    rows = cached_queries.lowest_margins(
        view.resolved,
        model_id=combination.model_id,
        condition_id=combination.condition_id,
        chosen=view.chosen,
        limit=HARDEST_SHOWN,
    )
    return [
        Thumbnail(
            png=row["thumbnail"],
            first_line=row["class"] if row["correct"] else f"{row['class']} → {row['predicted']}",
            second_line=f"margin {row['margin']:.1f}",
            hover=f"sample {row['sample_id']}: {row['class']}, predicted as {row['predicted']}, "
            f"margin {row['margin']:.3f}",
        )
        for row in rows.iter_rows(named=True)
    ]


def with_outcome(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `outcome`, `correct` or `incorrect`, instead of the truth value."""
    return frame.with_columns(
        outcome=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect"))
    ).drop("correct")


def _summary(view: View, combination: Combination, counts: dict[str, int]) -> str:
    if not counts["samples"]:
        return ""
    low, high = wilson_interval(counts["correct"], counts["samples"])
    accuracy = labels.percent(counts["correct"] / counts["samples"])
    return (
        f"**{labels.escaped(view.sentence)}** · accuracy **{accuracy}** "
        f"(95 % interval {labels.percent(low)} to {labels.percent(high)}) · "
        f"{labels.count(counts['samples'], 'sample')}, "
        f"{counts['samples'] - counts['correct']:,} incorrect  \n"
        f"{labels.escaped(view.describe(combination))}"
    )


def _notes(counts: dict[str, int], *, drawn: int) -> list[str]:
    notes = []
    without_angle = counts["samples"] - counts["with_angle"]
    without_margin = counts["samples"] - counts["with_margin"]
    if drawn < counts["with_angle"]:
        notes.append(
            f"{drawn:,} of {counts['with_angle']:,} samples are drawn, picked at random with a "
            "fixed seed; densities and counts are over all."
        )
    if without_angle:
        notes.append(
            f"{labels.count(without_angle, 'sample')} without an angle "
            "(the network gives a zero feature) can't be drawn."
        )
    if without_margin:
        notes.append(
            f"{labels.count(without_margin, 'sample')} without a margin (all class directions "
            "are equal) left out of its density."
        )
    return notes
