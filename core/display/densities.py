"""From binned counts to smooth density curves, and the ranges that charts share."""

from __future__ import annotations

import numpy as np
import polars as pl

METRICS = ("angle", "length", "margin")
BINS = 128
# A few samples on one spot would else give a spike that flattens every other curve.
_LEAST_BANDWIDTH = 3.0


def shared_ranges(*metric_ranges: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """One range per metric that holds all given combinations, with 10 % of air at both ends.

    Args:
        *metric_ranges: frames (metric, low, high); undefined and absent ranges are skipped.

    Returns:
        Low and high of each metric, low < high, also where nothing is defined.
    """
    found = pl.concat([frame.select("metric", "low", "high") for frame in metric_ranges])
    ranges = {}
    for metric in METRICS:
        rows = found.filter((pl.col("metric") == metric) & pl.col("low").is_not_null())
        low, high = (
            (float(rows["low"].min()), float(rows["high"].max()))  # type: ignore[arg-type]
            if rows.height
            else (0.0, 1.0)
        )
        air = 0.1 * (high - low) or max(abs(low), 1.0) * 0.1
        floor = 0.0 if metric in {"angle", "length"} else -np.inf
        ranges[metric] = (max(low - air, floor) if low >= floor else low - air, high + air)
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
    curves = []
    for (metric, name), rows in histograms.group_by("metric", group, maintain_order=True):
        low, high = ranges[str(metric)]
        counts = np.zeros(bins)
        counts[rows["bin"].to_numpy()] = rows["samples"].to_numpy()
        width = (high - low) / bins
        curves.append(
            pl.DataFrame(
                {
                    "metric": [metric] * bins,
                    group: [name] * bins,
                    "value": low + width * (np.arange(bins) + 0.5),
                    "density": _smooth(counts) / (counts.sum() * width),
                    "samples": [int(counts.sum())] * bins,
                }
            )
        )
    if not curves:
        return pl.DataFrame(
            schema={
                "metric": pl.String,
                group: histograms.schema[group],
                "value": pl.Float64,
                "density": pl.Float64,
                "samples": pl.Int64,
            }
        )
    return pl.concat(curves).sort("metric", group, "value")


def _smooth(counts: np.ndarray) -> np.ndarray:
    """Counts of equal bins after a Gaussian kernel, reflected at both ends; same sum."""
    bins = counts.size
    position = np.arange(bins) + 0.5
    total = counts.sum()
    mean = (counts * position).sum() / total
    deviation = float(np.sqrt((counts * (position - mean) ** 2).sum() / total))
    bandwidth = max(_LEAST_BANDWIDTH, deviation * total**-0.2)
    kernel = sum(
        np.exp(-0.5 * ((position[:, None] - image[None, :]) / bandwidth) ** 2)
        for image in (position, -position, 2 * bins - position)
    )
    kernel = kernel / kernel.sum(axis=0, keepdims=True)
    return np.asarray(kernel @ counts)
