"""Angle and length under one combination: samples to draw, densities, counts, lowest margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges, captions, density_curves, edge_curves
from core.display.charts.moving_axes import Tables
from core.display.charts.tooltip_words import metric_words, rounded
from core.display.state.context import Context
from core.metrics import GEOMETRIC
from core.stats.density import shared_ranges
from core.store.combination import Combination, Key
from core.store.queries.combination import (
    class_counts,
    lowest_margins,
    metric_histograms,
    metric_ranges,
    positions,
)
from core.store.study import Study
from core.store.subsets.base import SampleFilter
from core.store.subsets.combinators import AnyOf
from core.store.subsets.predicates import OfClass
from core.store.subsets.ranges import ColumnRanges

# 10,000 marks are too slow: 380 ms after a brush, 650 ms after another model (2 cores, 20 M rows).
DRAWN_LIMIT = 2_000
BINS = 64
# A curve over fewer samples would show little but its own smoothing.
LEAST_FOR_DENSITY = 5
HARDEST_SHOWN = 9
CLASSES_SHOWN = 12
EVERY_CLASS = ""


@dataclass(frozen=True)
class Scatter:
    """The filtered samples under one combination, some of them selected.

    Attributes:
        counts: class, samples, correct, selected, selected_correct, with_angle, with_margin.
        plots: the tables that `geometry_plot` draws by class, with sample_id in place of image;
            the one plot of all classes is that of EVERY_CLASS.
        lowest_margins: as the query of that name returns.
        ranges: low and high of each metric over all classes.
        drawn: samples in the plots.
        drawable: filtered samples with an angle, of the classes that have a plot.
        narrowed: whether ranges are set that could leave samples out.
    """

    counts: pl.DataFrame
    plots: dict[str, Tables]
    lowest_margins: pl.DataFrame
    ranges: Ranges
    drawn: int
    drawable: int
    narrowed: bool

    def total(self, column: str) -> int:
        """A column of the counts over all classes."""
        return int(self.counts[column].sum())


def scatter(
    context: Context, combination: Combination, selection: ColumnRanges, names: Sequence[str] | None
) -> Scatter:
    """Everything that the picture of one combination needs.

    Args:
        context: the open study.
        combination: model and condition.
        selection: ranges of metrics.
        names: the classes that get a plot each; None for one plot of all.
    """
    plotted = context.sample_filter
    if names is not None and len(names) < context.study.classes.height:
        plotted = context.narrowed(AnyOf(tuple(OfClass(name) for name in names)))
    key = context.study.key(combination)
    return context.study.derive(
        _scatter, key, context.sample_filter, plotted, selection=selection, names=names
    )


def _scatter(
    study: Study,
    key: Key,
    sample_filter: SampleFilter,
    plotted: SampleFilter,
    *,
    selection: ColumnRanges,
    names: Sequence[str] | None,
) -> Scatter:
    ranges, narrowed = shared_ranges(study.run(metric_ranges, key)), bool(selection)
    every: dict[str, Any] = {"sample_filter": sample_filter, "selection": selection}
    in_plots: dict[str, Any] = {"sample_filter": plotted, "selection": selection}
    counts = study.ask(class_counts, key, **every)
    # as many of each class, so that no plot stays empty beside a frequent class
    limit = DRAWN_LIMIT if names is None else max(1, DRAWN_LIMIT // max(1, len(names)))
    points = marks(study.ask(positions, key, **in_plots, limit=limit, per_class=names is not None))
    lowest = study.ask(lowest_margins, key, **every, limit=HARDEST_SHOWN)
    bars = study.ask(metric_histograms, key, **in_plots, ranges=ranges, bins=BINS)
    if names is None:
        shown, with_plot = counts, [EVERY_CLASS]
        together = pl.lit(EVERY_CLASS).alias("class")
        points, bars = points.with_columns(together), bars.with_columns(together)
    else:
        shown = counts.filter(pl.col("class").is_in(names))
        with_plot = shown["class"].to_list()
    tables = {"points": points, **_edges(bars, ranges, narrowed=narrowed)}
    parts = {
        table: rows.partition_by("class", as_dict=True, include_key=False)
        for table, rows in tables.items()
    }
    empty = {table: rows.clear().drop("class") for table, rows in tables.items()}
    axes = frame(ranges, small=names is not None)
    return Scatter(
        counts=counts,
        plots={
            name: {
                **{table: parts[table].get((name,), empty[table]) for table in tables},
                "axes": axes,
            }
            for name in with_plot
        },
        lowest_margins=lowest,
        ranges=ranges,
        drawn=points.height,
        drawable=int(shown["with_angle"].sum()),
        narrowed=narrowed,
    )


def marks(points: pl.DataFrame) -> pl.DataFrame:
    """What a plot draws: the rest first, then correct samples, incorrect ones on top.

    Args:
        points: as `queries.combination.positions` returns.

    Returns:
        sample_id, class, outcome (`correct`, `incorrect`, or `rest` where not selected), angle,
        length, and in words: sample, position.
    """
    outcome = pl.when("selected").then(_correctness()).otherwise(pl.lit("rest"))
    order = {"rest": 0, "correct": 1, "incorrect": 2}
    sure = rounded(100 * pl.col("confidence"), 1)
    return (
        points.with_columns(outcome=outcome)
        .sort(pl.col("outcome").replace_strict(order, return_dtype=pl.Int8), "sample_id")
        .select(
            pl.col("sample_id", "class", "outcome", "angle", "length"),
            sample=pl.format(
                "{} ({}), predicted {} ({} %)", "sample_id", "class", "predicted", sure
            ),
            position=pl.format("angle {}, length {}, margin {}", *map(metric_words, GEOMETRIC)),
        )
    )


def frame(ranges: Ranges, *, small: bool = False) -> pl.DataFrame:
    """What stands around the samples: captions, decision boundary, and the axes' ends.

    Args:
        ranges: low and high of each metric.
        small: fewer ticks.
    """
    ends = moving_axes.ends(ranges, about=3 if small else 6, strips=True)
    return captions(ranges, below=0.11 if small else 0.045).join(ends, how="cross")


def _edges(histograms: pl.DataFrame, ranges: Ranges, *, narrowed: bool) -> Tables:
    """Areas of the selected samples, and outlines of all."""
    curves = density_curves(
        histograms.with_columns(outcome=_correctness()),
        ranges,
        ("class", "outcome"),
        bins=BINS,
        narrowed=narrowed,
        least=LEAST_FOR_DENSITY,
    )
    points = edge_curves(curves, ranges).with_columns(pl.col("x", "y").cast(pl.Float32))
    return {
        "curves": points.filter("selected").drop("selected"),
        "outlines": points.filter(~pl.col("selected")).drop("selected").with_row_index("order"),
    }


def _correctness() -> pl.Expr:
    return pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect"))
