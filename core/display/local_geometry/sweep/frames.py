"""One method over its ratios: the same samples from dense to sparse (paper, figure 7)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels, theme
from core.display.evaluation.frames import with_series
from core.display.query_cache import ask
from core.display.state.context import View
from core.stats.density import shared_ranges
from core.stats.intervals import wilson_interval
from core.store.queries import many_models as sweep_queries

DRAWN_LIMIT = 3_000
MOST_SAMPLES = 300
_DENSE = "dense"


@dataclass(frozen=True)
class Sweep:
    """Rows of plots, one a method, one plot a ratio.

    Attributes:
        steps: series, ratio, panel (the ratio in words), step (0-based along the row),
            model_id, samples, correct, angle, length, margin (means), accuracy (in words).
        points: series, panel, outcome, angle, length.
        ranges: low and high of angle and length, over all classes.
        colours: colour of each series.
        panels: the columns in order.
        samples: chosen samples.
        drawn: how many of them are drawn in each plot.
    """

    steps: pl.DataFrame
    points: pl.DataFrame
    ranges: dict[str, tuple[float, float]]
    colours: dict[str, str]
    panels: list[str]
    samples: int
    drawn: int


def swept_series(models: pl.DataFrame) -> list[str]:
    """Series with more than one ratio, the ones with most ratios first."""
    found = (
        with_series(models)
        .filter(pl.col("method") != _DENSE)
        .group_by("series")
        .agg(ratios=pl.col("ratio").n_unique(), first=pl.col("model_id").min())
        .filter(pl.col("ratios") > 1)
        .sort("ratios", "first", descending=[True, False])
    )
    return [str(name) for name in found["series"]]


def sweep_models(models: pl.DataFrame, series: list[str]) -> pl.DataFrame:
    """The models of each row from dense to sparse, the first seed of each ratio.

    Each row starts with the dense model of its network.

    Returns:
        series, method, retrained, ratio, panel, step, model_id; by series (in the order
        given) and ratio.
    """
    named = with_series(models)
    pruned = named.filter(pl.col("series").is_in(series) & (pl.col("method") != _DENSE))
    dense = (
        named.filter((pl.col("method") == _DENSE) & ~pl.col("retrained"))
        .unique("network", keep="first", maintain_order=True)
        .select("network", "model_id")
    )
    starts = (
        pruned.unique("series", keep="first", maintain_order=True)
        .select("series", "network", "method", "retrained")
        .join(dense, on="network")
        .with_columns(ratio=pl.lit(0.0))
    )
    columns = ["series", "method", "retrained", "ratio", "model_id"]
    order = pl.DataFrame({"series": series, "row": range(len(series))})
    return (
        pl.concat([starts.select(columns), pruned.select(columns)])
        .unique(["series", "ratio"], keep="first", maintain_order=True)
        .join(order, on="series")
        .sort("row", "ratio")
        .with_columns(
            panel=pl.col("ratio").map_elements(_panel, return_dtype=pl.String),
            step=pl.int_range(pl.len()).over("series"),
        )
        .drop("row")
    )


def sweep(view: View, series: list[str]) -> Sweep:
    """Everything that the rows of plots need, under the reference's condition."""
    models = sweep_models(view.models, series)
    condition_id = view.reference.condition_id
    means = ask(
        sweep_queries.mean_places, view.resolved, condition_id=condition_id, chosen=view.chosen
    )
    steps = models.join(means, on="model_id").filter(pl.col("samples") > 0)
    steps = steps.with_columns(
        accuracy=pl.struct("correct", "samples").map_elements(_accuracy, return_dtype=pl.String)
    ).sort("series", "step")
    samples = int(steps["samples"].max() or 0)  # type: ignore[arg-type]
    limit = max(1, min(MOST_SAMPLES, DRAWN_LIMIT // max(1, steps.height)))
    ids = sorted(set(steps["model_id"].to_list()))
    places = ask(
        sweep_queries.places_under_models,
        view.resolved,
        model_ids=ids,
        condition_id=condition_id,
        chosen=view.chosen,
        limit=limit,
    )
    ranges = shared_ranges(
        ask(
            sweep_queries.ranges_of_models,
            view.resolved,
            model_ids=sorted(models["model_id"].unique().to_list()),
            condition_id=condition_id,
        )
    )
    points = steps.select("series", "panel", "step", "model_id").join(places, on="model_id")
    points = points.with_columns(
        outcome=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("incorrect"))
    ).sort("series", "step", "outcome", "sample_id")
    return Sweep(
        steps=steps,
        points=points.select("series", "panel", "sample_id", "outcome", "angle", "length"),
        ranges={name: ranges[name] for name in ("angle", "length")},
        colours=theme.series_colours(models.unique("series", maintain_order=True)),
        panels=[_panel(ratio) for ratio in sorted(set(steps["ratio"].to_list()))],
        samples=samples,
        drawn=min(limit, samples),
    )


def _panel(ratio: float) -> str:
    if ratio == 0:
        return _DENSE
    return f"{labels.percent(ratio, digits=0 if labels.is_whole(ratio) else 1)} removed"


def _accuracy(row: dict[str, int]) -> str:
    low, high = wilson_interval(row["correct"], row["samples"])
    return f"{100 * row['correct'] / row['samples']:.1f} % ({100 * low:.0f}–{100 * high:.0f})"
