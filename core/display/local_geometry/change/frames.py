"""What changed between two combinations: frames for the charts, counts and mean shifts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from core.display import cached_queries, labels
from core.display.components.chart_brush import Range
from core.display.state.context import View
from core.stats.bootstrap import mean_interval
from core.stats.density import BINS, METRICS, shared_ranges, smooth_densities
from core.store.queries import comparison as comparison_queries
from core.store.queries.paired import Compared, Kept
from core.store.subsets.base import EVERYTHING
from core.store.subsets.predicates import OUTCOMES

# Each sample is drawn up to five times: a dot, and a line with its head in two panels.
DRAWN_LIMIT = 700
SHOWN_BINS = 48
FINE_BINS = 2 * SHOWN_BINS


@dataclass(frozen=True)
class MeanShift:
    """Mean of compared minus reference over the kept samples, with its 95 % interval."""

    mean: float
    low: float
    high: float
    samples: int


@dataclass(frozen=True)
class Comparison:
    """The chosen samples under both combinations, some of them kept.

    Attributes:
        counts: outcome, samples, kept, without_place, without_margin; all four outcomes.
        points: what is drawn, as `comparison_points` returns.
        ranges: low and high of each metric.
        narrowed: whether ranges are set that could leave samples out.
    """

    counts: pl.DataFrame
    points: pl.DataFrame
    ranges: dict[str, tuple[float, float]]
    narrowed: bool

    @property
    def samples(self) -> int:
        """All chosen samples."""
        return int(self.counts["samples"].sum())

    @property
    def kept(self) -> int:
        """Samples in all ranges."""
        return int(self.counts["kept"].sum())


@dataclass(frozen=True)
class Changes:
    """How the metrics of the kept samples change.

    Attributes:
        densities: curves by `curve` (`reference` and `compared` of the kept samples, and
            `reference, all` and `compared, all`, where samples are left out).
        histograms: metric, low, high (edges of a bin), samples, kept.
        shifts: by metric; a metric without any change has none.
        ranges: low and high of each metric.
        change_ranges: low and high of each metric's change over all samples.
    """

    densities: pl.DataFrame
    histograms: pl.DataFrame
    shifts: dict[str, MeanShift]
    ranges: dict[str, tuple[float, float]]
    change_ranges: dict[str, tuple[float, float]]


def compare(view: View, kept: dict[str, Range]) -> Comparison:
    """Outcomes and places under reference and compared.

    Args:
        view: the open study.
        kept: ranges by name, as `kept_samples.ranges` returns.
    """
    pairs, in_ranges = cached_queries.pair_table(view.resolved, _compared(view)), _kept(kept)
    return Comparison(
        counts=all_outcomes(comparison_queries.comparison_counts(pairs, in_ranges)),
        points=comparison_queries.comparison_points(pairs, in_ranges, limit=DRAWN_LIMIT),
        ranges=both_ranges(view),
        narrowed=bool(kept),
    )


def changes(view: View, kept: dict[str, Range]) -> Changes:
    """Densities, changes and mean shifts of the metrics, with the arguments of `compare`."""
    compared, in_ranges = _compared(view), _kept(kept)
    pairs = cached_queries.pair_table(view.resolved, compared)
    ranges = both_ranges(view)
    # over all samples: the axes stay when another class or subset is looked at
    everything = replace(compared, chosen=EVERYTHING)
    change_ranges = padded_ranges(cached_queries.difference_ranges(view.resolved, everything))
    histograms = comparison_queries.comparison_histograms(
        pairs, in_ranges, ranges=ranges, bins=BINS
    )
    fine = comparison_queries.difference_histograms(
        pairs, in_ranges, ranges=change_ranges, bins=FINE_BINS
    )
    return Changes(
        densities=_densities(histograms, ranges, narrowed=bool(kept)),
        histograms=change_bins(fine, change_ranges),
        shifts=mean_shifts(fine),
        ranges=ranges,
        change_ranges=change_ranges,
    )


def _compared(view: View) -> Compared:
    return Compared(view.reference.key, view.compared.key, view.chosen)


def _kept(kept: dict[str, Range]) -> Kept:
    return Kept(tuple((name, *sides) for name, sides in kept.items()))


def both_ranges(view: View) -> dict[str, tuple[float, float]]:
    """Ranges that hold reference and compared."""
    return shared_ranges(
        *(
            cached_queries.metric_ranges(
                view.resolved, model_id=one.model_id, condition_id=one.condition_id
            )
            for one in dict.fromkeys((view.reference, view.compared))
        )
    )


def padded_ranges(found: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """A range for each metric's changes: with zero in it and some air, also where none is.

    Args:
        found: metric, low, high; NULL or absent where nothing is defined.
    """
    rows = {row["metric"]: row for row in found.iter_rows(named=True)}
    ranges = {}
    for metric in METRICS:
        row = rows.get(metric, {"low": None, "high": None})
        low, high = min(row["low"] or 0.0, 0.0), max(row["high"] or 0.0, 0.0)
        air = 0.04 * (high - low) or 1.0
        ranges[metric] = (low - air, high + air)
    return ranges


def all_outcomes(counts: pl.DataFrame) -> pl.DataFrame:
    """The counts with a row for each outcome, zero where there was none."""
    outcomes = pl.DataFrame({"outcome": list(OUTCOMES)}, schema={"outcome": pl.String})
    return outcomes.join(counts, on="outcome", how="left", maintain_order="left").fill_null(0)


def change_bins(fine: pl.DataFrame, ranges: dict[str, tuple[float, float]]) -> pl.DataFrame:
    """The bars of the histograms of changes: metric, low, high, samples, kept."""
    low = pl.col("metric").replace_strict(
        {m: ranges[m][0] for m in METRICS}, return_dtype=pl.Float64
    )
    high = pl.col("metric").replace_strict(
        {m: ranges[m][1] for m in METRICS}, return_dtype=pl.Float64
    )
    width = (high - low) / SHOWN_BINS
    return (
        fine.with_columns(bin=pl.col("bin") // (FINE_BINS // SHOWN_BINS))
        .group_by("metric", "bin")
        .agg(pl.col("samples").sum(), pl.col("kept").sum())
        .sort("metric", "bin")
        .select(
            "metric",
            low=low + pl.col("bin") * width,
            high=low + (pl.col("bin") + 1) * width,
            samples="samples",
            kept="kept",
        )
    )


def mean_shifts(fine: pl.DataFrame) -> dict[str, MeanShift]:
    """Mean change of the kept samples, by metric, with a paired bootstrap interval.

    Args:
        fine: metric, bin, kept, kept_total (sum of the kept samples' changes).
    """
    shifts = {}
    for (metric,), rows in fine.filter(pl.col("kept") > 0).group_by("metric"):
        counts = rows["kept"].to_numpy().astype(np.int64)
        values = rows["kept_total"].to_numpy() / counts
        shifts[str(metric)] = MeanShift(*mean_interval(values, counts), int(counts.sum()))
    return shifts


def notes(comparison: Comparison) -> list[str]:
    """What is missing from the picture, and why."""
    said = []
    without_place = int(comparison.counts["without_place"].sum())
    without_margin = int(comparison.counts["without_margin"].sum())
    placed = comparison.samples - without_place
    drawn = comparison.points.height
    if drawn < placed:
        first = "the kept ones first, the rest" if comparison.narrowed else "picked"
        said.append(
            f"{drawn:,} of {placed:,} samples are drawn, {first} at random with a fixed seed; "
            "densities, histograms, shifts and counts are over all."
        )
    if without_place:
        said.append(
            f"{labels.count(without_place, 'sample')} without an angle under one of the two "
            "(a zero feature) can't be drawn."
        )
    if without_margin:
        said.append(
            f"{labels.count(without_margin, 'sample')} without a margin under one of the two "
            "left out of its densities and changes."
        )
    return said


def _densities(
    histograms: pl.DataFrame, ranges: dict[str, tuple[float, float]], *, narrowed: bool
) -> pl.DataFrame:
    kept = histograms.filter(pl.col("kept") > 0).select(
        "metric", "bin", curve=pl.col("role"), samples=pl.col("kept")
    )
    if narrowed:
        everything = histograms.select(
            "metric", "bin", curve=pl.col("role") + ", all", samples=pl.col("samples")
        )
        kept = pl.concat([kept, everything])
    return smooth_densities(kept, ranges, group="curve")
