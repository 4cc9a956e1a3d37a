"""Compare: densities of a metric, the histogram of its change, and its mean shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display.charts.edge_curves import Ranges
from core.metrics import GEOMETRIC
from core.stats.bootstrap import mean_interval
from core.stats.density import smooth_densities

SHOWN_BINS = 48
FINE_BINS = 2 * SHOWN_BINS


@dataclass(frozen=True)
class MeanShift:
    """Mean of compared minus reference over the selected samples, with its 95 % interval."""

    mean: float
    low: float
    high: float
    samples: int


def padded_ranges(found: pl.DataFrame) -> Ranges:
    """A range for each metric's changes: with zero in it and some air, also where none is.

    Args:
        found: metric, low, high; NULL or absent where nothing is defined.
    """
    rows = {row["metric"]: row for row in found.iter_rows(named=True)}
    ranges = {}
    for metric in GEOMETRIC:
        row = rows.get(metric, {"low": None, "high": None})
        low, high = min(row["low"] or 0.0, 0.0), max(row["high"] or 0.0, 0.0)
        air = 0.04 * (high - low) or 1.0
        ranges[metric] = (low - air, high + air)
    return ranges


def densities(histograms: pl.DataFrame, ranges: Ranges, *, narrowed: bool) -> pl.DataFrame:
    """Curves of the selected samples by role, and of all as `ROLE, all` where narrowed.

    Args:
        histograms: as `queries.comparison.metric_histograms` returns.
        ranges: low and high of each metric.
        narrowed: whether some samples may be left out.

    Returns:
        metric, curve, value, density, samples.
    """
    selected = histograms.filter(pl.col("selected") > 0).select(
        "metric", "bin", curve=pl.col("role"), samples=pl.col("selected")
    )
    if narrowed:
        everything = histograms.select(
            "metric", "bin", curve=pl.col("role") + ", all", samples=pl.col("samples")
        )
        selected = pl.concat([selected, everything])
    return smooth_densities(selected, ranges, group="curve")


def change_bins(fine: pl.DataFrame, ranges: Ranges) -> pl.DataFrame:
    """The bars of the histograms of changes: metric, low, high (edges), samples, selected."""
    low, high = (
        pl.col("metric").replace_strict(
            {metric: ends[side] for metric, ends in ranges.items()}, return_dtype=pl.Float64
        )
        for side in (0, 1)
    )
    width = (high - low) / SHOWN_BINS
    return (
        fine.with_columns(bin=pl.col("bin") // (FINE_BINS // SHOWN_BINS))
        .group_by("metric", "bin")
        .agg(pl.col("samples").sum(), pl.col("selected").sum())
        .sort("metric", "bin")
        .select(
            "metric",
            low=low + pl.col("bin") * width,
            high=low + (pl.col("bin") + 1) * width,
            samples="samples",
            selected="selected",
        )
    )


def mean_shifts(fine: pl.DataFrame) -> dict[str, MeanShift]:
    """Mean change of the selected samples, by metric, with a paired bootstrap interval.

    Args:
        fine: metric, bin, selected, selected_total (sum of the selected samples' changes).
    """
    shifts = {}
    for (metric,), rows in fine.filter(pl.col("selected") > 0).group_by("metric"):
        counts = rows["selected"].to_numpy().astype(np.int64)
        values = rows["selected_total"].to_numpy() / counts
        shifts[str(metric)] = MeanShift(*mean_interval(values, counts), int(counts.sum()))
    return shifts
