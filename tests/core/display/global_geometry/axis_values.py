"""Samples with made-up values on four axes."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.display.global_geometry.axes import Axis
from core.display.global_geometry.values import Values

AXES = (
    Axis("cat", 0, 20.0, 140.0),
    Axis("dog", 1, 20.0, 140.0, own=True),
    Axis("length", None, 0.0, 10.0),
    Axis("margin", None, -5.0, 5.0),
)
TABLE = np.column_stack(
    [
        np.random.default_rng(1).normal(80, 25, (300, 2)),
        np.random.default_rng(2).uniform(0, 10, 300),
        np.random.default_rng(3).normal(0, 1, 300),
    ]
)
HOLES = np.where(np.random.default_rng(4).uniform(size=TABLE.shape) < 0.2, np.nan, TABLE)


def values(table: np.ndarray, *, nearest_only: bool = False, measured: int | None = None) -> Values:
    """Samples 0, 1, … with these values; the first `measured` of them have angles."""
    count = len(table)
    known = count if measured is None else measured
    angle = [1.0 if i < known else None for i in range(count)]
    frame = pl.DataFrame({"sample_id": range(count), "angle": angle})
    return Values(frame, table, AXES, nearest_only)
