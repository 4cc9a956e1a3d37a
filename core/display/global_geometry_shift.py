"""How far the mean of each axis moves, with a paired bootstrap interval."""

from __future__ import annotations

import polars as pl

from core.display.bootstrap import mean_interval

BINS = 400


def shifts_with_intervals(differences: pl.DataFrame) -> pl.DataFrame:
    """Mean of the paired differences on each axis with its 95 % bootstrap interval.

    Args:
        differences: axis, bin, samples, mean, as `direction_queries.axis_differences` gives.

    Returns:
        axis, pairs, shift, low, high, in the axis's unit, by axis.
    """
    rows = [
        (axis, int(bins["samples"].sum()), *mean_interval(bins["mean"].to_numpy(),
                                                          bins["samples"].to_numpy()))
        for (axis,), bins in differences.group_by("axis", maintain_order=True)
    ]  # fmt: skip
    schema = {"axis": pl.Int64, "pairs": pl.Int64, "shift": pl.Float64, "low": pl.Float64,
              "high": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").sort("axis")
