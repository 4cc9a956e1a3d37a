"""What a model does by angle and length, as the map of both shows it (paper, figure 2)."""

from __future__ import annotations

import polars as pl

from core.display.charts import moving_axes
from core.display.charts.edge_curves import Ranges
from core.display.charts.moving_axes import Tables
from core.stats.density import shared_ranges
from core.store.combination import Key
from core.store.queries.combination import metric_ranges
from core.store.queries.prediction_map import prediction_map
from core.store.study import Study

_MAP_BINS = 20


def prediction_tables(study: Study, key: Key) -> Tables:
    """The tables `cells` and `axes` of `prediction_map`, over the whole test set."""
    found = shared_ranges(study.run(metric_ranges, key))
    ranges = {name: found[name] for name in moving_axes.POSITION}
    cells = study.ask(prediction_map, key, ranges=ranges, bins=_MAP_BINS)
    note = "" if cells.height else "no sample has an angle"
    return {
        "cells": cells_of(cells, ranges, bins=_MAP_BINS),
        "axes": moving_axes.ends(ranges, about=5, note=note),
    }


def cells_of(cells: pl.DataFrame, ranges: Ranges, *, bins: int) -> pl.DataFrame:
    """The map's cells in the units of the axes.

    Args:
        cells: as `queries.prediction_map.prediction_map` returns.
        ranges: low and high of angle and length.
        bins: cells along each side.

    Returns:
        samples, right, confidence, and edges: angle, angle_to, length, length_to.
    """
    edges = {
        f"{name}{end}": low + (high - low) / bins * (pl.col(f"{name}_bin") + further)
        for name, (low, high) in ranges.items()
        for end, further in (("", 0), ("_to", 1))
    }
    return cells.select("samples", "right", "confidence", **edges)
