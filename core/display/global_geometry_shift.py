"""How far the mean of each axis moves, with a paired bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.display.asking import ask
from core.display.bootstrap import mean_interval
from core.display.global_geometry_axes import Axis, class_ids
from core.display.state import View
from core.store import direction_queries

BINS = 100


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


def shifts_of(view: View, axes: Sequence[Axis]) -> tuple[pl.DataFrame, float]:
    """How far each axis's mean moves from reference to compared, and the scale's end in degrees.

    The rows are as the chart takes them: angles in degrees, length and margin scaled to fill
    the same height.
    """
    found = shifts_with_intervals(
        ask(
            direction_queries.axis_differences,
            view.resolved,
            reference=view.reference.key,
            compared=view.compared.key,
            class_ids=class_ids(axes),
            bins=BINS,
            chosen=view.chosen,
        )
    )
    found = found.with_columns(
        position=pl.col("axis"),
        title=pl.col("axis").replace_strict({i: axis.title for i, axis in enumerate(axes)}),
        unit=pl.col("axis").replace_strict({i: axis.unit for i, axis in enumerate(axes)}),
        clear=(pl.col("low") > 0) | (pl.col("high") < 0),
        reach=pl.max_horizontal(pl.col("low", "high").abs()),
    )
    limit = max(1.0, _largest(found.filter(pl.col("unit") != "")["reach"]))
    scale = (
        pl.when(pl.col("unit") != "")
        .then(1.0)
        .otherwise(limit / pl.max_horizontal("reach", pl.lit(1e-9)))
    )
    placed = found.with_columns(
        middle=pl.col("shift") * scale, foot=pl.col("low") * scale, top=pl.col("high") * scale
    ).with_columns(
        text=pl.col("shift").map_elements(lambda shift: f"{shift:+.1f}", return_dtype=pl.String)
        + pl.col("unit"),
        label=pl.when(pl.col("shift") >= 0)
        .then(pl.col("top") + 0.38 * limit)
        .otherwise(pl.col("foot") - 0.38 * limit),
    )
    return placed, limit


def _largest(values: pl.Series) -> float:
    return float(values.max() or 0)  # type: ignore[arg-type]
