"""Sparsity sweep: the same samples under a method's models, dense to sparse (paper, figure 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges
from core.display.local_geometry.sweep.dense_frames import (
    DIFFERENCES,
    against_dense,
    dense_of_rows,
)
from core.display.local_geometry.sweep.row_frames import plot_rows, sweep_models
from core.display.paired_words import as_paired, no_test
from core.metrics import GEOMETRIC, METRICS
from core.stats.density import shared_ranges
from core.stats.intervals import wilson_interval
from core.store.combination import Key
from core.store.queries.accuracy import paired_changes
from core.store.queries.many_models import mean_metrics, positions_under_models, ranges_of_models
from core.store.study import Study
from core.store.subsets.base import SampleFilter, Subset
from core.store.subsets.combinators import ALL_SAMPLES

# A row whose features are so many times longer or shorter than the others' has its own axes.
_OF_ITS_OWN = 1.6
DRAWN_LIMIT = 3_000
MOST_SAMPLES = 300
# Room for the accuracy above the samples, as a share of the range of length.
_HEADROOM = 0.16
_DENSE = "dense"
_POSITION = moving_axes.POSITION


@dataclass(frozen=True)
class Sweep:
    """Rows of plots, one a method, one plot a sparsity.

    Attributes:
        plots: what the plots draw, as `plot_rows` returns.
        sample_ids: of the samples that are drawn.
        axes: the ends of both axes, one row.
        own_axes: by series, those of a row whose features are much longer or shorter.
        columns: plots in the widest row.
        means: of each plot, for people: method, target sparsity, accuracy (95 % interval), mean
            angle, length and margin; and the columns of `against_dense`.
        comparisons: how many those are.
        untested: what stands in place of tests and intervals then; None: they are given.
        samples: filtered samples.
        drawn: how many of them are picked for each plot.
        without_angle: picked ones that have no angle and thus no place, over all plots.
        several_seeds: some sparsity comes with more than one seed, of which the first is shown.
    """

    plots: pl.DataFrame
    sample_ids: pl.DataFrame
    axes: pl.DataFrame
    own_axes: dict[str, pl.DataFrame]
    columns: int
    means: pl.DataFrame
    comparisons: int
    untested: str | None
    samples: int
    drawn: int
    without_angle: int
    several_seeds: bool


def sparsity_sweep(
    study: Study,
    series: list[str],
    condition: str,
    sample_filter: SampleFilter,
    subset: Subset = ALL_SAMPLES,
) -> Sweep:
    """Everything that the rows of plots need.

    Args:
        study: the open study.
        series: a row each.
        condition: of the images.
        sample_filter: samples.
        subset: the part of the filter that models may have chosen.
    """
    condition_id = study.names.conditions[condition]
    models = sweep_models(study.models, series)
    ids = sorted(set(models["model_id"]))
    shown = study.models.filter(pl.col("model_id").is_in(ids))
    untested = no_test(subset, shown["name"].to_list())
    tested: dict[str, Any] = {"model_ids": ids, "condition_id": condition_id}
    means = study.run(mean_metrics, condition_id=condition_id, sample_filter=sample_filter)
    in_words = partial(_accuracy, tested=untested is None)
    steps = (
        models.join(means, on="model_id")
        .filter(pl.col("samples") > 0)
        .with_columns(
            accuracy=pl.struct("correct", "samples").map_elements(in_words, return_dtype=pl.String)
        )
        .join(dense_of_rows(models), on="series", how="left")
        .sort("row", "step")
    )
    pairs = {
        (dense, row["model_id"]): as_paired(row)
        for dense in steps["dense_id"].drop_nulls().unique()
        for row in study.run(
            paired_changes,
            Key(dense, condition_id),
            condition_id=condition_id,
            sample_filter=sample_filter,
        ).iter_rows(named=True)
    }
    steps = pl.concat([steps, against_dense(steps, pairs, untested)], how="horizontal")
    samples = max(steps["samples"], default=0)
    limit = max(1, min(MOST_SAMPLES, DRAWN_LIMIT // max(1, steps.height)))
    positions = study.run(
        positions_under_models, **tested, sample_filter=sample_filter, limit=limit
    )
    shared, own = _axes_of_rows(study, steps, condition_id)
    plots = plot_rows(steps, positions)
    drawn = min(limit, samples)
    return Sweep(
        plots=plots,
        sample_ids=positions.select(pl.col("sample_id").unique().sort()),
        axes=shared,
        own_axes=own,
        columns=steps["ratio"].n_unique(),
        means=steps.select(
            pl.col("series").alias("method"),
            pl.col("panel").alias("target sparsity"),
            pl.col("accuracy").alias("accuracy (95 % interval)"),
            # without a minus before zero
            *(
                (pl.col(name).round(METRICS[name].digits) + 0.0).alias(mean_title(name))
                for name in GEOMETRIC
            ),
            *DIFFERENCES,
        ),
        comparisons=steps["fixed"].count(),
        untested=untested,
        samples=samples,
        drawn=drawn,
        without_angle=steps.height * drawn - plots["answer"].count(),
        several_seeds=study.models.filter(pl.col("method") != _DENSE)["seed"].n_unique() > 1,
    )


def _axes_of_rows(
    study: Study, steps: pl.DataFrame, condition_id: int
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The axes of most rows, and by series those of rows that would be lost on them."""
    ids = {
        str(name): sorted(rows["model_id"].to_list())
        for (name,), rows in steps.group_by("series", maintain_order=True)
    }

    def ranges_of(names: Iterable[str]) -> Ranges:
        several = sorted({one for name in names for one in ids[name]})
        asked: dict[str, Any] = {"model_ids": several, "condition_id": condition_id}
        return shared_ranges(study.run(ranges_of_models, **asked))

    own = [
        name
        for name in ids
        if len(ids) > 1
        and steps.filter(pl.col("series") == name, pl.col("dense_id").is_null()).height
        and not 1 / _OF_ITS_OWN
        < ranges_of([name])["length"][1] / ranges_of(set(ids) - {name})["length"][1]
        < _OF_ITS_OWN
    ]
    return (
        _with_headroom(ranges_of([name for name in ids if name not in own])),
        {name: _with_headroom(ranges_of([name])) for name in own},
    )


def _with_headroom(ranges: Ranges) -> pl.DataFrame:
    low, high = ranges["length"]
    return moving_axes.ends({name: ranges[name] for name in _POSITION}, about=3).with_columns(
        length_high=high + _HEADROOM * (high - low)
    )


def mean_title(metric: str) -> str:
    """The column of `Sweep.means` with a metric's mean."""
    return f"mean {METRICS[metric].short_title}"


def _accuracy(row: dict[str, int], *, tested: bool) -> str:
    words = f"{100 * row['correct'] / row['samples']:.1f} %"
    low, high = wilson_interval(row["correct"], row["samples"])
    return f"{words} ({100 * low:.0f}–{100 * high:.0f})" if tested else words
