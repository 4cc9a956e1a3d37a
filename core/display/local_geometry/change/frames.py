"""Compare: the same samples under two combinations, their outcomes, changes and mean shifts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges
from core.display.charts.tooltip_words import metric_words
from core.display.local_geometry.change.chart import WIDE
from core.display.local_geometry.change.chart_metric import CHANGE, METRIC, ROLES
from core.display.local_geometry.change.metric_frames import (
    FINE_BINS,
    MeanShift,
    change_bins,
    densities,
    mean_shifts,
    padded_ranges,
)
from core.display.state.context import Context
from core.metrics import GEOMETRIC
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

Tables = dict[str, pl.DataFrame]
_LABELS = {name: words.label for name, words in OUTCOMES.items()}


@dataclass(frozen=True)
class Comparison:
    """The filtered samples under both combinations, some of them selected.

    Attributes:
        counts: outcome, samples, selected, without_position, without_margin; all four outcomes.
        points: what is drawn, as `marks` returns.
        axes: one row: the ends of angle and length, and note.
        outcomes: tables of `trajectories` by outcome.
        metrics: tables of `metric_changes` by metric.
        shifts: by metric; a metric without any change has none.
        ranges: low and high of each metric.
        change_ranges: low and high of each metric's change over all samples.
        narrowed: whether ranges are set that could leave samples out.
    """

    counts: pl.DataFrame
    points: pl.DataFrame
    axes: pl.DataFrame
    outcomes: dict[str, Tables]
    metrics: dict[str, Tables]
    shifts: dict[str, MeanShift]
    ranges: Ranges
    change_ranges: Ranges
    narrowed: bool

    def total(self, column: str) -> int:
        """A column of the counts over all outcomes."""
        return int(self.counts[column].sum())


def compare(context: Context, selection: ColumnRanges) -> Comparison:
    """Everything that the comparison of reference and compared needs.

    Args:
        context: the open study.
        selection: ranges of changes and of positions, named as in `paired.VALUES`.
    """
    return context.study.derive(_compare, context.paired, selection)


def _compare(study: Study, paired: PairedSamples, selection: ColumnRanges) -> Comparison:
    narrowed, pairs = bool(selection), study.run(pair_table, paired)
    ranges = shared_ranges(
        *(study.run(metric_ranges, key) for key in (paired.reference, paired.compared))
    )
    # over all samples: the axes stay when another class or filter is looked at
    changes = padded_ranges(
        study.run_paired(change_ranges, replace(paired, sample_filter=EVERYTHING))
    )
    points = marks(paired_positions(pairs, selection, limit=DRAWN_LIMIT), ranges)
    histograms = metric_histograms(pairs, selection, ranges=ranges, bins=BINS)
    fine = change_histograms(pairs, selection, ranges=changes, bins=FINE_BINS)
    curves, bars = densities(histograms, ranges, narrowed=narrowed), change_bins(fine, changes)
    ends = moving_axes.ends({name: ranges[name] for name in moving_axes.POSITION}, about=4)
    return Comparison(
        counts=all_outcomes(outcome_counts(pairs, selection)),
        points=points,
        axes=_noted(ends, points),
        outcomes={
            name: {"points": rows, "axes": _noted(ends, rows)}
            for name in OUTCOMES
            for rows in (points.filter(pl.col("outcome") == name),)
        },
        metrics={
            metric: {
                "curves": curves.filter(of_metric).drop("metric"),
                "changes": bars.filter(of_metric).drop("metric"),
                "axes": moving_axes.ends(
                    {METRIC: ranges[metric], CHANGE: changes[metric]}, about=5
                ),
            }
            for metric in GEOMETRIC
            for of_metric in (pl.col("metric") == metric,)
        },
        shifts=mean_shifts(fine),
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
    across, up = (
        (pl.col(f"compared_{metric}") - pl.col(f"reference_{metric}"))
        / (ranges[metric][1] - ranges[metric][0])
        * pixels
        for metric, pixels in zip(moving_axes.POSITION, WIDE, strict=True)
    )
    return points.sort(
        pl.col("outcome").replace_strict(order, return_dtype=pl.Int8), "sample_id"
    ).select(
        "sample_id",
        "outcome",
        "selected",
        pl.col(f"{role}_{metric}" for role in ROLES for metric in moving_axes.POSITION).cast(
            pl.Float32
        ),
        heading=pl.arctan2(across, up).degrees().cast(pl.Float32),
        sample=pl.format("{} ({})", "sample_id", "class"),
        answers=pl.format(
            "{} → {} ({})",
            "predicted_before",
            "predicted_after",
            pl.col("outcome").replace_strict(_LABELS, return_dtype=pl.String),
        ),
        position=pl.format(
            "{}, {} → {}, {}",
            *(
                metric_words(metric, f"{role}_{metric}")
                for role in ROLES
                for metric in moving_axes.POSITION
            ),
        ),
        margin=pl.format("{} → {}", *(metric_words("margin", f"{role}_margin") for role in ROLES)),
    )


def all_outcomes(counts: pl.DataFrame) -> pl.DataFrame:
    """The counts with a row for each outcome, zero where there was none."""
    outcomes = pl.DataFrame({"outcome": list(OUTCOMES)}, schema={"outcome": pl.String})
    return outcomes.join(counts, on="outcome", how="left", maintain_order="left").fill_null(0)


def _noted(ends: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    return ends.with_columns(note=pl.lit("" if points.height else "no sample"))
