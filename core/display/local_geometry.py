"""What the local geometry page draws of one combination."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import cached_queries, labels
from core.display.asking import ask
from core.display.densities import BINS, shared_ranges, smooth_densities
from core.display.state import Combination, View
from core.display.statistics import wilson_interval
from core.display.widgets import Thumbnail
from core.store import class_queries

DRAWN_LIMIT = 10_000
HARDEST_SHOWN = 12
CLASSES_SHOWN = 12


@dataclass(frozen=True)
class ClassGeometry:
    """One plot: a class's name, its accuracy in words, its points and density curves."""

    name: str
    accuracy: str
    points: pl.DataFrame
    densities: pl.DataFrame


@dataclass(frozen=True)
class LocalGeometry:
    """The chosen samples under one combination.

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


def of_classes(
    view: View, combination: Combination, geometry: LocalGeometry, names: list[str]
) -> list[ClassGeometry]:
    """One plot for each of the named classes that has chosen samples.

    Args:
        view: the open study.
        combination: the same as of `geometry`.
        geometry: the chosen samples of all classes together.
        names: classes to show, in any order.
    """
    ids = {"model_id": combination.model_id, "condition_id": combination.condition_id}
    counts = ask(class_queries.class_counts, view.resolved, **ids, chosen=view.chosen)
    histograms = with_outcome(
        ask(
            class_queries.class_histograms,
            view.resolved,
            **ids,
            chosen=view.chosen,
            ranges=geometry.ranges,
            bins=BINS,
        )
    )
    return [
        ClassGeometry(
            name=row["class"],
            accuracy=accuracy_words(row["correct"], row["samples"]),
            points=geometry.points.filter(pl.col("class") == row["class"]),
            densities=smooth_densities(
                histograms.filter(pl.col("class") == row["class"]).drop("class"),
                geometry.ranges,
                group="outcome",
            ),
        )
        for row in counts.iter_rows(named=True)
        if row["class"] in names
    ]


def accuracy_words(correct: int, samples: int) -> str:
    """Accuracy with its 95 % interval (Wilson) and the number behind it."""
    low, high = wilson_interval(correct, samples)
    return (
        f"{labels.percent(correct / samples)} "
        f"({100 * low:.1f} to {labels.percent(high)}), {labels.count(samples, 'sample')}"
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
