"""Many paths of samples together: the mean path of each cell of the plane of angle and length."""

from __future__ import annotations

import polars as pl

from core.display.charts.edge_curves import Ranges
from core.display.charts.moving_axes import POSITION
from core.display.charts.tooltip_words import rounded
from core.metrics import METRICS

FLOW_FROM = 200
"""More selected samples of one outcome are drawn as a flow."""
_CELLS = (14, 10)
_ENDS = [f"{role}_{name}" for role in ("reference", "compared") for name in POSITION]


def heading(ranges: Ranges, size: tuple[int, int]) -> pl.Expr:
    """In which direction a path runs on a plot: degrees, clockwise from up.

    Args:
        ranges: low and high of angle and length.
        size: width and height of the plot.
    """
    across, up = (
        (pl.col(f"compared_{metric}") - pl.col(f"reference_{metric}"))
        / (ranges[metric][1] - ranges[metric][0])
        * pixels
        for metric, pixels in zip(POSITION, size, strict=True)
    )
    return pl.arctan2(across, up).degrees().cast(pl.Float32)


def with_flow(
    points: pl.DataFrame, ranges: Ranges, size: tuple[int, int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The samples that keep a path of their own, and the flow of all others.

    Args:
        points: as `frames.marks` returns.
        ranges: low and high of angle and length.
        size: width and height of the plot.
    """
    counts = points.filter("selected").group_by("outcome").len()
    many = counts.filter(pl.col("len") > FLOW_FROM)["outcome"].to_list()
    together = pl.col("selected") & pl.col("outcome").is_in(many)
    return points.filter(~together), flow_rows(points.filter(together), ranges, size)


def flow_rows(points: pl.DataFrame, ranges: Ranges, size: tuple[int, int]) -> pl.DataFrame:
    """The mean path of the samples that start in one cell.

    Args:
        points: outcome, and angle and length under both.
        ranges: low and high of angle and length.
        size: width and height of the plot.

    Returns:
        outcome, samples, reference_ and compared_ angle and length (means), heading, words; by
        outcome and cell.
    """
    cells = [
        ((pl.col(f"reference_{name}") - low) / (high - low) * count)
        .floor()
        .clip(0, count - 1)
        .cast(pl.Int32)
        .alias(f"cell_{name}")
        for name, count in zip(POSITION, _CELLS, strict=True)
        for low, high in (ranges[name],)
    ]
    keys = ["outcome", *(f"cell_{name}" for name in POSITION)]
    means = {name: rounded(pl.col(name), METRICS[name.partition("_")[2]].digits) for name in _ENDS}
    return (
        points.with_columns(cells)
        .group_by(keys)
        .agg(pl.len().alias("samples"), pl.col(_ENDS).mean())
        .sort(keys)
        .with_columns(
            heading=heading(ranges, size),
            words=pl.format("{}°, {} → {}°, {}", *means.values()),
        )
        .drop(f"cell_{name}" for name in POSITION)
    )
