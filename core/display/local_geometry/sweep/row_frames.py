"""Sparsity sweep: which models stand in each row, dense to sparse, and what their plots draw."""

from __future__ import annotations

import polars as pl

from core.display import theme
from core.display.charts import moving_axes
from core.display.charts.tooltip_words import position_words
from core.display.dense_models import with_dense
from core.store.study import Study

SHOWN_FIRST = 3
# Methods that find a subnetwork of random weights: no dense model's features move to theirs.
UNTRAINED = ("multi_prize",)
_DENSE = "dense"
_POSITION = moving_axes.POSITION


def swept_series(study: Study) -> list[str]:
    """Series with more than one target sparsity, the ones with most of them first."""
    series = (
        study.models.filter(pl.col("method") != _DENSE)
        .group_by("series")
        .agg(ratios=pl.col("ratio").n_unique(), first=pl.col("model_id").min())
        .filter(pl.col("ratios") > 1)
        .sort("ratios", "first", descending=[True, False])
    )
    return series["series"].to_list()


def first_series(models: pl.DataFrame, available: list[str]) -> list[str]:
    """The series to start with: the first ones, and one whose weights were never trained.

    Args:
        models: the table `models`.
        available: as `swept_series` returns.
    """
    untrained = models.filter(pl.col("method").is_in(UNTRAINED))["series"].to_list()
    other = [name for name in available if name in untrained][:1]
    first = [name for name in available if name not in other][: SHOWN_FIRST - len(other)]
    return [*first, *other]


def sweep_models(models: pl.DataFrame, series: list[str]) -> pl.DataFrame:
    """The models of each row from dense to sparse, the first seed of each target sparsity.

    A row starts with the dense model that its first model was made from, if the study has it.

    Returns:
        model_id, series, ratio, row and step (0-based, down and along), panel (the target sparsity
        in words), colour (of the series); by row and step.
    """
    colours = theme.series_colours(models)
    pruned = models.filter(pl.col("series").is_in(series) & (pl.col("method") != _DENSE))
    starts = (
        with_dense(models, parents_only=True)
        .filter(
            pl.col("series").is_in(series),
            pl.col("method") != _DENSE,
            ~pl.col("method").is_in(UNTRAINED),
            pl.col("dense_id").is_not_null(),
        )
        .unique("series", keep="first", maintain_order=True)
        .select(model_id="dense_id", series="series", ratio=pl.lit(0.0))
    )
    columns = ["model_id", "series", "ratio"]
    order = pl.DataFrame({"series": series, "row": range(len(series))})
    return (
        pl.concat([starts.select(columns), pruned.select(columns)])
        .unique(["series", "ratio"], keep="first", maintain_order=True)
        .join(order, on="series")
        .sort("row", "ratio")
        .with_columns(
            step=pl.int_range(pl.len()).over("series"),
            panel=pl.col("ratio").map_elements(_panel, return_dtype=pl.String),
            colour=pl.col("series").replace_strict(colours, return_dtype=pl.String),
        )
    )


def plot_rows(steps: pl.DataFrame, positions: pl.DataFrame) -> pl.DataFrame:
    """What the plots draw: samples, means, and for each plot the path of the mean up to it.

    Args:
        steps: as `sweep_models` returns, with the means angle and length, and in words accuracy
            and change.
        positions: model_id, sample_id, correct, angle, length.

    Returns:
        series, row, panel, ratio, angle, length, and
        of a sample: sample_id, answer (`right`, `wrong`), words;
        of a mean: kind `mean`, colour, words (the accuracy), change (against the dense model);
        of a point on a path: kind `path`, colour, step.
    """
    plot = ["series", "row", "panel", "ratio"]
    # as narrow as the samples' own
    steps = steps.with_columns(pl.col(_POSITION).cast(pl.Float32))
    samples = (
        steps.select(*plot, "model_id")
        .join(positions, on="model_id")
        .with_columns(answer=pl.when("correct").then(pl.lit("right")).otherwise(pl.lit("wrong")))
        .sort("row", "ratio", "answer", "sample_id")
        .select(
            *plot,
            pl.col(*_POSITION, "sample_id", "answer"),
            words=pl.format("{} ({}), {}", "sample_id", "answer", position_words()),
        )
    )
    means = steps.select(
        *plot, *_POSITION, "colour", "change", kind=pl.lit("mean"), words="accuracy"
    )
    path = steps.select("series", "step", "colour", *_POSITION)
    paths = (
        steps.select(*plot, end="step")
        .join(path, on="series")
        .filter(pl.col("step") <= pl.col("end"))
        .select(*plot, *_POSITION, "colour", "step", kind=pl.lit("path"))
    )
    return pl.concat([samples, paths, means], how="diagonal_relaxed")


def _panel(ratio: float) -> str:
    # as many digits as tell 99.9 % from 99.95 %
    return f"{100 * ratio:.4g} %" if ratio else _DENSE
