"""Robustness against each metric of the clean image, binned over all images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display.robustness.predictors.frames import PREDICTORS
from core.store.queries.robustness import clean_metrics_and_robustness
from core.store.study import Study
from core.store.subsets.base import SampleFilter

X_BINS, Y_BINS = 40, 20


@dataclass(frozen=True)
class Scatter:
    """Robustness against a metric under one model, binned over all images.

    Attributes:
        cells: x, x_end, y, y_end (edges), samples.
        means: x (middle of a bin), mean robustness, samples: bins with at least five images.
        samples: images with the metric.
    """

    cells: pl.DataFrame
    means: pl.DataFrame
    samples: int


def robustness_scatters(
    study: Study, model_id: int, sample_filter: SampleFilter
) -> dict[str, Scatter]:
    """The scatter behind each correlation of one model, by predictor."""
    samples = study.ask(
        clean_metrics_and_robustness, model_ids=(model_id,), sample_filter=sample_filter
    )
    return {
        name: scatter(samples.select(pl.col(name).alias("x"), "robustness").drop_nulls())
        for name in PREDICTORS
    }


def scatter(samples: pl.DataFrame) -> Scatter:
    """Count samples in equal bins of both directions.

    Args:
        samples: x, robustness (0..1); without NULLs.
    """
    x, y = samples["x"].to_numpy(), samples["robustness"].to_numpy()
    low, high = (float(x.min()), float(x.max())) if x.size else (0.0, 1.0)
    width = (high - low) / X_BINS or 1.0
    column = np.clip(((x - low) / width).astype(int), 0, X_BINS - 1)
    # a share such as 19 of 95 lies on an edge, wherever its last digit falls
    row = np.clip((y * Y_BINS + 1e-9).astype(int), 0, Y_BINS - 1)
    counts = np.bincount(column * Y_BINS + row, minlength=X_BINS * Y_BINS)
    filled = np.flatnonzero(counts)
    left, bottom = low + width * (filled // Y_BINS), (filled % Y_BINS) / Y_BINS
    in_column = np.bincount(column, minlength=X_BINS)
    shown = np.flatnonzero(in_column >= 5)
    means = np.bincount(column, y, minlength=X_BINS)[shown] / in_column[shown]
    return Scatter(
        pl.DataFrame(
            {
                "x": left, "x_end": left + width, "y": bottom, "y_end": bottom + 1 / Y_BINS,
                "samples": counts[filled],
            }
        ),
        pl.DataFrame(
            {"x": low + width * (shown + 0.5), "robustness": means, "samples": in_column[shown]}
        ),
        samples.height,
    )  # fmt: skip
