"""Sparsity sweep: densities of angle, length and margin at each sparsity (paper, figure 7)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges, density_curves
from core.display.local_geometry.sweep.row_frames import sweep_models
from core.metrics import GEOMETRIC
from core.stats.density import shared_ranges
from core.store.combination import Key
from core.store.queries.combination import metric_histograms
from core.store.queries.many_models import ranges_of_models
from core.store.study import Study
from core.store.subsets.base import SampleFilter

BINS = 64
# How far the highest curve of a plot reaches over the one above it.
_OVERLAP = 1.7


@dataclass(frozen=True)
class SweepDensities:
    """A curve for each model and metric.

    Attributes:
        curves: by metric, as `ridges` returns, and a row for the words of each curve: series, row,
            panel, foot, value (the left end of the axis).
        axes: by metric, the ends of its axis, one row.
        steps: curves in the fullest plot.
    """

    curves: dict[str, pl.DataFrame]
    axes: dict[str, pl.DataFrame]
    steps: int


def sweep_densities(
    study: Study, series: list[str], condition: str, sample_filter: SampleFilter
) -> SweepDensities:
    """Densities of the samples under the models of each series, dense to sparse.

    Args:
        study: the open study.
        series: a plot each.
        condition: of the images.
        sample_filter: samples.
    """
    condition_id = study.names.conditions[condition]
    models = sweep_models(study.models, series)
    ids = sorted(set(models["model_id"]))
    ranges: Ranges = shared_ranges(
        study.run(ranges_of_models, model_ids=ids, condition_id=condition_id)
    )
    histograms = pl.concat(
        study.ask(
            metric_histograms, Key(one, condition_id), sample_filter=sample_filter,
            ranges=ranges, bins=BINS,
        ).with_columns(model_id=pl.lit(one, dtype=models.schema["model_id"]))
        for one in ids
    )  # fmt: skip
    curves = density_curves(histograms, ranges, ["model_id"], bins=BINS, narrowed=False)
    found = ridges(curves, models)
    feet = models.select("series", "row", "panel", foot=-pl.col("step").cast(pl.Float64))
    return SweepDensities(
        {
            metric: pl.concat(
                [
                    found.filter(pl.col("metric") == metric).drop("metric"),
                    feet.with_columns(value=pl.lit(ranges[metric][0])),
                ],
                how="diagonal_relaxed",
            )
            for metric in GEOMETRIC
        },
        {metric: moving_axes.ends({metric: ranges[metric]}, about=5) for metric in GEOMETRIC},
        max(models["step"], default=0) + 1,
    )


def ridges(curves: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """Curves one above the other: dense on top, each standing on its own foot.

    Args:
        curves: metric, model_id, value, density, samples.
        models: as `sweep_models` returns.

    Returns:
        metric, series, row, panel, colour, step, value, foot, top, samples; within a metric and a
        series the highest curve reaches as far as any other's highest.
    """
    highest = pl.col("density").max().over("metric", "series")
    return (
        models.join(curves, on="model_id")
        .with_columns(foot=-pl.col("step").cast(pl.Float64))
        .sort("metric", "row", "step", "value")
        .select(
            "metric", "series", "row", "panel", "colour", "step", "value", "foot",
            top=pl.col("foot") + _OVERLAP * pl.col("density") / highest,
            samples="samples",
        )
    )  # fmt: skip
