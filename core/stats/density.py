"""From binned counts to smooth density curves, and the ranges that charts share."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.metrics import GEOMETRIC, METRICS

BINS = 128
# A few samples on one spot would else give a spike that flattens every other curve.
_LEAST_BANDWIDTH = 3.0


def shared_ranges(
    *metric_ranges: pl.DataFrame, metrics: tuple[str, ...] = GEOMETRIC
) -> dict[str, tuple[float, float]]:
    """One range per metric that holds all given combinations, with 10 % of air at both ends.

    That of a probability is 0 to 1.

    Args:
        *metric_ranges: frames (metric, low, high); undefined and absent ranges are skipped.
        metrics: names of those that need a range.

    Returns:
        Low and high of each metric, low < high, also where nothing is defined.
    """
    found = pl.concat([frame.select("metric", "low", "high") for frame in metric_ranges])
    ranges = {}
    for metric in metrics:
        floor, ceiling = METRICS[metric].bounds
        if not METRICS[metric].geometric and floor is not None and ceiling is not None:
            ranges[metric] = (floor, ceiling)
            continue
        rows = found.filter((pl.col("metric") == metric) & pl.col("low").is_not_null())
        low, high = (
            (float(rows["low"].min()), float(rows["high"].max()))  # type: ignore[arg-type]
            if rows.height
            else (0.0, 1.0)
        )
        air = 0.1 * (high - low) or max(abs(low), 1.0) * 0.1
        ranges[metric] = (low - air if floor is None else max(low - air, floor), high + air)
    return ranges


def smooth_densities(
    histograms: pl.DataFrame,
    ranges: dict[str, tuple[float, float]],
    *,
    group: str,
    bins: int = BINS,
) -> pl.DataFrame:
    """A Gaussian kernel density of each metric and group, from its histogram.

    The bandwidth is Scott's, at least three bins; the kernel's mass beyond the range is
    folded back, so that the area under each curve is 1.

    Args:
        histograms: frame (metric, group, bin, samples).
        ranges: low and high of each metric.
        group: name of the column whose values get a curve each.
        bins: bins between low and high.

    Returns:
        metric, group, value (bin centre, in the metric's unit), density (per unit),
        samples (in the group), ordered by metric, group, value.
    """
    keys, counts = [], []
    for (metric, name), rows in histograms.group_by("metric", group, maintain_order=True):
        keys.append((str(metric), name))
        counts.append(np.zeros(bins))
        counts[-1][rows["bin"].to_numpy()] = rows["samples"].to_numpy()
    low, high = (np.array([ranges[metric][side] for metric, _ in keys]) for side in (0, 1))
    width = (high - low)[:, None] / bins
    density = np.array([_smooth(row) / row.sum() for row in counts]).reshape(-1, bins) / width
    curves = pl.DataFrame(
        {
            "metric": [metric for metric, _ in keys],
            group: pl.Series([name for _, name in keys], dtype=histograms.schema[group]),
            "value": low[:, None] + width * (np.arange(bins) + 0.5),
            "density": density,
            "samples": [int(row.sum()) for row in counts],
        },
        schema_overrides={
            "metric": pl.String,
            "value": pl.Array(pl.Float64, bins),
            "density": pl.Array(pl.Float64, bins),
            "samples": pl.Int64,
        },
    )
    return curves.explode("value", "density").sort("metric", group, "value")


def _smooth(counts: np.ndarray) -> np.ndarray:
    """Counts of equal bins after a Gaussian kernel, reflected at both ends; same sum."""
    bins = counts.size
    position = np.arange(bins)
    total = counts.sum()
    mean = (counts * position).sum() / total
    deviation = float(np.sqrt((counts * (position - mean) ** 2).sum() / total))
    bandwidth = max(_LEAST_BANDWIDTH, deviation * total**-0.2)
    weights = np.exp(-0.5 * (np.arange(2 * bins) / bandwidth) ** 2)
    apart, folded_low = np.abs(position[:, None] - position), position[:, None] + position + 1
    kernel = weights[apart] + weights[folded_low] + weights[2 * bins - folded_low]
    kernel /= kernel.sum(axis=0, keepdims=True)
    return np.asarray(kernel @ counts)
