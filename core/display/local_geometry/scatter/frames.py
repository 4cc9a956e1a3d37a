"""What the local geometry page draws of one combination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from core.display import cached_queries, labels
from core.display.charts.edge_curves import edge_curves
from core.display.local_geometry.scatter.chart import marks
from core.display.query_cache import ask
from core.display.shell.page import Thumbnail
from core.display.state.context import Combination, View
from core.stats.density import shared_ranges, smooth_densities
from core.stats.intervals import wilson_interval
from core.store.queries import combination as place_queries
from core.store.queries.combination import Within

# 10,000 marks are too slow: 380 ms after a brush, 650 ms after another model (2 cores, 20 M rows).
DRAWN_LIMIT = 2_000
BINS = 64
# A curve over fewer samples would show little but its own smoothing.
LEAST_FOR_DENSITY = 5
HARDEST_SHOWN = 12
CLASSES_SHOWN = 12
EVERY_CLASS = ""


@dataclass(frozen=True)
class LocalGeometry:
    """The chosen samples under one combination, some of them kept.

    Attributes:
        counts: class, samples, correct, kept, kept_correct, with_angle, with_margin.
        points: what is drawn, as `charts.local_geometry.marks` returns.
        curves: as `charts.margin_curves.edge_curves` returns; the class is EVERY_CLASS for
            those of all classes together.
        ranges: low and high of each metric over all classes.
        narrowed: whether ranges are set that could leave samples out.
    """

    counts: pl.DataFrame
    points: pl.DataFrame
    curves: pl.DataFrame
    ranges: dict[str, tuple[float, float]]
    narrowed: bool

    def total(self, column: str) -> int:
        """A column of the counts over all classes."""
        return int(self.counts[column].sum())


def of_combination(
    view: View, combination: Combination, within: Within, *, names: list[str] | None
) -> LocalGeometry:
    """Everything that the picture of one combination needs.

    Args:
        view: the open study.
        combination: model and condition.
        within: which of the chosen samples are kept.
        names: the classes that get a plot each; None for one plot of all.
    """
    ids = {"model_id": combination.model_id, "condition_id": combination.condition_id}
    samples: dict[str, Any] = {**ids, "chosen": view.chosen, "within": within}
    ranges = shared_ranges(cached_queries.metric_ranges(view.resolved, **ids))
    histograms = ask(
        place_queries.place_histograms, view.resolved, **samples, ranges=ranges, bins=BINS
    )
    points = ask(place_queries.place_points, view.resolved, **samples, limit=DRAWN_LIMIT)
    if names is None:
        histograms = histograms.with_columns(pl.lit(EVERY_CLASS).alias("class"))
    else:
        histograms = histograms.filter(pl.col("class").is_in(names))
    return LocalGeometry(
        counts=ask(place_queries.place_counts, view.resolved, **samples),
        points=marks(points),
        curves=_curves(histograms, ranges, narrowed=bool(within.ranges)),
        ranges=ranges,
        narrowed=bool(within.ranges),
    )


def accuracy_words(correct: int, samples: int) -> str:
    """Accuracy with its 95 % interval (Wilson) and the number behind it."""
    if not samples:
        return "no sample"
    low, high = wilson_interval(correct, samples)
    return (
        f"{labels.percent(correct / samples)} "
        f"({100 * low:.1f} to {labels.percent(high)}) of {samples:,}"
    )


def class_words(row: dict[str, int], *, narrowed: bool) -> str:
    """The accuracy above one class's plot, and how many samples of it are kept."""
    if not narrowed:
        return accuracy_words(row["correct"], row["samples"])
    right = f", {labels.percent(row['kept_correct'] / row['kept'])} right" if row["kept"] else ""
    return f"kept {row['kept']:,} of {row['samples']:,}{right}"


def hardest_samples(view: View, combination: Combination, within: Within) -> list[Thumbnail]:
    """The kept samples with the lowest margins, as a gallery."""
    rows = ask(
        place_queries.lowest_margins,
        view.resolved,
        model_id=combination.model_id,
        condition_id=combination.condition_id,
        chosen=view.chosen,
        within=within,
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


def summary(view: View, combination: Combination, geometry: LocalGeometry) -> str:
    """The combination, class and accuracy in words."""
    samples, correct = geometry.total("samples"), geometry.total("correct")
    low, high = wilson_interval(correct, samples)
    return (
        f"**{labels.escaped(view.sentence)}** · accuracy "
        f"**{labels.percent(correct / samples)}** "
        f"(95 % interval {labels.percent(low)} to {labels.percent(high)}) · "
        f"{labels.count(samples, 'sample')}, {samples - correct:,} incorrect  \n"
        f"{labels.escaped(view.describe(combination))}"
    )


def notes(geometry: LocalGeometry) -> list[str]:
    """What is missing from the picture, and why."""
    said = []
    drawn, placed = geometry.points.height, geometry.total("with_angle")
    without_angle = geometry.total("samples") - placed
    without_margin = geometry.total("samples") - geometry.total("with_margin")
    if drawn < placed:
        first = "the kept ones first, the rest" if geometry.narrowed else "picked"
        said.append(
            f"{drawn:,} of {placed:,} samples are drawn, {first} at random with a fixed seed; "
            "densities and counts are over all."
        )
    if without_angle:
        said.append(
            f"{labels.count(without_angle, 'sample')} without an angle "
            "(the network gives a zero feature) can't be drawn."
        )
    if without_margin:
        said.append(
            f"{labels.count(without_margin, 'sample')} without a margin (all class directions "
            "are equal) left out of its density."
        )
    return said


def _curves(
    histograms: pl.DataFrame,
    ranges: dict[str, tuple[float, float]],
    *,
    narrowed: bool,
) -> pl.DataFrame:
    """Density curves of the kept samples of each class, and outlines of all if narrowed."""
    bars = (
        histograms.with_columns(
            outcome=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect"))
        )
        .group_by("class", "outcome", "metric", "bin")
        .agg(pl.col("samples").sum(), pl.col("kept").sum())
    )
    parts = [bars.with_columns(samples="kept", kept=pl.lit(True))]
    if narrowed:
        parts.append(bars.with_columns(kept=pl.lit(False)))
    curve = ["class", "outcome", "kept"]
    long = pl.concat(parts).filter(
        pl.col("samples").sum().over(*curve, "metric") >= LEAST_FOR_DENSITY,
        pl.col("samples") > 0,
    )
    keys = long.select(curve).unique().sort(curve).with_row_index("curve")
    densities = smooth_densities(long.join(keys, on=curve), ranges, group="curve", bins=BINS)
    return edge_curves(densities.join(keys, on="curve", maintain_order="left"), ranges)
