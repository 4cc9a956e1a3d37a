"""What angle and length do to the prediction: the cells of the prediction map."""

from __future__ import annotations

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges
from core.display.state.context import Context
from core.stats.density import shared_ranges
from core.store.combination import Combination, Key
from core.store.queries.combination import metric_ranges
from core.store.queries.prediction_map import prediction_map
from core.store.study import Study

MAP_BINS = 20


def prediction_tables(context: Context, combination: Combination) -> dict[str, pl.DataFrame]:
    """The tables `cells` and `axes` of one combination, over the whole test set."""
    return context.study.derive(_prediction_tables, context.study.key(combination))


def cells_of(cells: pl.DataFrame, ranges: Ranges, *, bins: int) -> pl.DataFrame:
    """The map's cells in the units of the axes.

    Args:
        cells: as `queries.prediction_map.prediction_map` returns.
        ranges: low and high of angle and length.
        bins: cells along each side.

    Returns:
        samples, right, confidence, and edges: x, x2, y, y2.
    """
    (a0, a1), (l0, l1) = ranges["angle"], ranges["length"]
    wide, tall = (a1 - a0) / bins, (l1 - l0) / bins
    return cells.select(
        "samples",
        "right",
        "confidence",
        x=a0 + wide * pl.col("angle_bin"),
        x2=a0 + wide * (pl.col("angle_bin") + 1),
        y=l0 + tall * pl.col("length_bin"),
        y2=l0 + tall * (pl.col("length_bin") + 1),
    )


def _prediction_tables(study: Study, key: Key) -> dict[str, pl.DataFrame]:
    found = shared_ranges(study.run(metric_ranges, key))
    ranges = {name: found[name] for name in moving_axes.POSITION}
    cells = study.ask(prediction_map, key, ranges=ranges, bins=MAP_BINS)
    note = "" if cells.height else "no sample has an angle"
    return {
        "cells": cells_of(cells, ranges, bins=MAP_BINS),
        "axes": moving_axes.ends(ranges, about=5).with_columns(note=pl.lit(note)),
    }
