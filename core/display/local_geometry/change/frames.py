"""Compare: the same samples under two combinations, their outcomes, changes and mean shifts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges, density_curves
from core.display.charts.moving_axes import Tables
from core.display.charts.tooltip_words import metric_words
from core.display.local_geometry.change.chart import CHANGE, METRIC, ROLES, WIDE
from core.display.local_geometry.change.flow_frames import heading, with_flow
from core.metrics import HISTOGRAMS
from core.stats.bootstrap import MeanInterval, mean_interval
from core.stats.density import BINS, shared_ranges
from core.store.queries.combination import metric_ranges
from core.store.queries.comparison import (
    change_histograms,
    change_ranges,
    metric_histograms,
    outcome_counts,
    paired_positions,
)
from core.store.queries.paired import PairedSamples, pair_table
from core.store.study import Study
from core.store.subsets.base import EVERYTHING
from core.store.subsets.predicates import OUTCOMES
from core.store.subsets.ranges import ColumnRanges

# Each sample is drawn up to five times: a dot, and a line with its head in two panels.
DRAWN_LIMIT = 700
GALLERY = 6
SHOWN_BINS = 48
_FINE_BINS = 2 * SHOWN_BINS
_LABELS = {name: words.label for name, words in OUTCOMES.items()}
_OUTCOMES = pl.DataFrame({"outcome": list(OUTCOMES)})


@dataclass(frozen=True)
class Comparison:
    """The filtered samples under both combinations, some of them selected.

    Attributes:
        counts: outcome, samples, selected, without_position, without_margin; all four outcomes.
        points: what is drawn, as `marks` returns.
        paths: tables of `trajectories` of all outcomes.
        axes: one row: the ends of angle and length, and note.
        outcomes: tables of `trajectories` by outcome.
        metrics: tables of `metric_changes` by metric.
        shifts: by metric the mean change of the selected samples, as `mean_shifts` returns.
        ranges: low and high of each metric.
        change_ranges: low and high of each metric's change over all samples.
        narrowed: whether ranges are set that could leave samples out.
    """

    counts: pl.DataFrame
    points: pl.DataFrame
    paths: Tables
    axes: pl.DataFrame
    outcomes: dict[str, Tables]
    metrics: dict[str, Tables]
    shifts: dict[str, MeanInterval]
    ranges: Ranges
    change_ranges: Ranges
    narrowed: bool

    def total(self, column: str) -> int:
        """A column of the counts over all outcomes."""
        return int(self.counts[column].sum())


def compare(study: Study, paired: PairedSamples, selection: ColumnRanges) -> Comparison:
    """Everything that the comparison of two combinations needs.

    Args:
        study: the open study.
        paired: both combinations, and samples.
        selection: ranges of changes and of positions, named as in `paired.VALUES`.
    """
    narrowed, pairs = bool(selection), study.run(pair_table, paired)
    keys = (paired.reference, paired.compared)
    found = (study.run(metric_ranges, key) for key in keys)
    ranges = shared_ranges(*found, metrics=HISTOGRAMS)
    # over all samples: the axes stay when another class or filter is looked at
    everything = replace(paired, sample_filter=EVERYTHING)
    changes = padded_ranges(study.run_paired(change_ranges, everything))
    points = marks(paired_positions(pairs, selection, limit=DRAWN_LIMIT), ranges)
    histograms = metric_histograms(pairs, selection, ranges=ranges, bins=BINS)
    fine = change_histograms(pairs, selection, ranges=changes, bins=_FINE_BINS)
    curves = density_curves(histograms, ranges, ["role"], bins=BINS, narrowed=narrowed)
    counts = outcome_counts(pairs, selection)
    paths, flow = with_flow(points, ranges, WIDE)
    return Comparison(
        counts=_OUTCOMES.join(counts, on="outcome", how="left", maintain_order="left").fill_null(0),
        points=points,
        paths={"points": paths, "flow": flow, "axes": _axes(ranges, points)},
        axes=_axes(ranges, points),
        outcomes={
            outcome: {
                "points": paths.filter(pl.col("outcome") == outcome),
                "flow": flow.filter(pl.col("outcome") == outcome),
                "axes": _axes(ranges, points.filter(pl.col("outcome") == outcome)),
            }
            for outcome in OUTCOMES
        },
        metrics={
            metric: {
                "curves": curves.filter(pl.col("metric") == metric).drop("metric"),
                "changes": change_bins(fine.filter(pl.col("metric") == metric), changes[metric]),
                "axes": moving_axes.ends(
                    {METRIC: ranges[metric], CHANGE: changes[metric]}, about=5
                ),
            }
            for metric in HISTOGRAMS
        },
        shifts=mean_shifts(pairs, fine, narrowed=narrowed),
        ranges=ranges,
        change_ranges=changes,
        narrowed=narrowed,
    )


def marks(points: pl.DataFrame, ranges: Ranges) -> pl.DataFrame:
    """What the plots of positions and paths draw, changed outcomes above unchanged ones.

    Args:
        points: as `queries.comparison.paired_positions` returns.
        ranges: low and high of angle and length, on which the heading depends.

    Returns:
        sample_id, outcome, selected, reference_ and compared_ angle and length, heading (degrees,
        clockwise from up, in which the path runs), and in words: sample, answers, position,
        margin.
    """
    order = {"both right": 0, "both wrong": 1, "fixed": 2, "broken": 3}
    both = [(f"{role}_{metric}", metric) for role in ROLES for metric in moving_axes.POSITION]
    outcome = pl.col("outcome")
    words = outcome.replace_strict(_LABELS, return_dtype=pl.String)
    return points.sort(outcome.replace_strict(order, return_dtype=pl.Int8), "sample_id").select(
        pl.col("sample_id", "outcome", "selected"),
        pl.col(name for name, _ in both).cast(pl.Float32),
        heading=heading(ranges, WIDE),
        sample=pl.format("{} ({})", "sample_id", "class"),
        answers=pl.format("{} → {} ({})", "predicted_before", "predicted_after", words),
        position=pl.format("{}, {} → {}, {}", *(metric_words(m, name) for name, m in both)),
        margin=pl.format("{} → {}", *(metric_words("margin", f"{role}_margin") for role in ROLES)),
    )


def gallery_rows(points: pl.DataFrame) -> pl.DataFrame:
    """The selected samples whose images are shown, changed answers first.

    Args:
        points: as `marks` returns.

    Returns:
        sample_id, sample, position, and answers without the outcome in words; GALLERY at most.
    """
    order = {"broken": 0, "fixed": 1, "both wrong": 2, "both right": 3}
    return (
        points.filter("selected")
        .sort(pl.col("outcome").replace_strict(order, return_dtype=pl.Int8), "sample_id")
        .head(GALLERY)
        .select("sample_id", "sample", "position", pl.col("answers").str.split(" (").list.first())
    )


def padded_ranges(found: pl.DataFrame) -> Ranges:
    """A range for each metric's changes: with zero in it and some air, also where none is.

    Args:
        found: metric, low, high; NULL or absent where nothing is defined.
    """
    sides = {metric: (low, high) for metric, low, high in found.iter_rows()}
    ranges = {}
    for metric in HISTOGRAMS:
        low, high = sides.get(metric, (None, None))
        low, high = min(low or 0.0, 0.0), max(high or 0.0, 0.0)
        air = 0.04 * (high - low) or 1.0
        ranges[metric] = (low - air, high + air)
    return ranges


def change_bins(fine: pl.DataFrame, ends: tuple[float, float]) -> pl.DataFrame:
    """The bars of the histogram of a metric's changes: low, high (edges), samples, selected."""
    low, high = ends
    width = (high - low) / SHOWN_BINS
    edge = low + pl.col("bin") * width
    return (
        fine.group_by(pl.col("bin") // (_FINE_BINS // SHOWN_BINS))
        .agg(pl.col("samples", "selected").sum())
        .sort("bin")
        .select(low=edge, high=edge + width, samples="samples", selected="selected")
    )


def mean_shifts(
    pairs: pl.DataFrame, fine: pl.DataFrame, *, narrowed: bool
) -> dict[str, MeanInterval]:
    """Mean change of each metric over the selected samples; without any change it has none.

    A selection is made by the change itself or by a position that the change goes back from
    (regression to the mean), so that its mean gets no interval; that of all samples gets a
    paired bootstrap interval.

    Args:
        pairs: as `pair_table` makes it.
        fine: metric, bin, selected, selected_total (sum of the selected samples' changes).
        narrowed: whether ranges are set that could leave samples out.
    """
    shifts = {}
    for (metric,), rows in fine.filter(pl.col("selected") > 0).group_by("metric"):
        samples = int(rows["selected"].sum())
        if narrowed:
            mean = float(rows["selected_total"].sum()) / samples
            shifts[str(metric)] = MeanInterval(mean, samples, None)
        else:
            change = pairs[f"compared_{metric}"] - pairs[f"reference_{metric}"]
            shifts[str(metric)] = mean_interval(change.drop_nulls().to_numpy())
    return shifts


def _axes(ranges: Ranges, points: pl.DataFrame) -> pl.DataFrame:
    position = {name: ranges[name] for name in moving_axes.POSITION}
    return moving_axes.ends(position, about=4, note="" if points.height else "no sample")
