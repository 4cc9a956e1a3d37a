"""The way of one sample through angle and length: over target sparsities, and over severities."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels, theme
from core.display.charts import moving_axes
from core.display.charts.tooltip_words import position_words
from core.display.dense_models import DENSE
from core.store.combination import Combination
from core.store.study import Study


@dataclass(frozen=True)
class Paths:
    """Two pictures of the plane of angle and length, on the same axes.

    Attributes:
        ratios: a line a series, from the dense model on: line, step, angle, length, answer
            (`right`, `wrong`), label (written beside the last point of the line), words; under the
            compared's condition.
        severities: the same for reference and compared, from the clean image on, all labelled.
        axes: the ends of angle and length, one row.
        colours: of the lines of `ratios`.
        without_angle: points that have no place in either, since the feature is zero.
        several_seeds: some sparsity comes with more than one seed, of which the first is drawn.
    """

    ratios: pl.DataFrame
    severities: pl.DataFrame
    axes: pl.DataFrame
    colours: dict[str, str]
    without_angle: int
    several_seeds: bool


def paths(
    study: Study,
    along: pl.DataFrame,
    reference: Combination,
    compared: Combination,
    corruption: str,
) -> Paths:
    """The sample's ways.

    Args:
        study: the open study.
        along: as `queries.one_sample.sample_along` returns, for the compared's condition and both
            models.
        reference: before.
        compared: after; its network's series are drawn.
        corruption: over whose severities.
    """
    condition_id = study.names.conditions[compared.condition]
    steps = ratio_steps(study.models, compared.model)
    at_condition = along.filter(pl.col("condition_id") == condition_id)
    ratios = _points(steps.join(at_condition, on="model_id"))
    severities = _points(
        severity_steps(study.conditions, corruption)
        .join(_pair(study, reference, compared), how="cross")
        .join(along, on=["model_id", "condition_id"])
    )
    both = pl.concat([ratios, severities])
    placed = both.filter(pl.col("angle").is_not_null())
    colours = theme.series_colours(study.models)
    per_ratio = study.models.group_by("series", "ratio").len()["len"]
    return Paths(
        ratios=_last_labelled(ratios.filter(pl.col("angle").is_not_null())),
        severities=severities.filter(pl.col("angle").is_not_null()),
        axes=moving_axes.ends(_ends(placed), about=5, note="" if placed.height else "no position"),
        colours={name: colour for name, colour in colours.items() if name in set(ratios["line"])},
        without_angle=both.height - placed.height,
        several_seeds=bool((per_ratio > 1).any()),
    )


def ratio_steps(models: pl.DataFrame, compared: str) -> pl.DataFrame:
    """The models of each series of a network from dense to sparse, the first seed of each ratio.

    Args:
        models: the table `models`.
        compared: name of a model of the network.

    Returns:
        line (the series), step, model_id, label (the target sparsity), model (in words).
    """
    network = models.row(by_predicate=pl.col("name") == compared, named=True)["network"]
    own = models.filter(pl.col("network") == network)
    dense = own.filter(pl.col("method") == DENSE, ~pl.col("retrained")).head(1)
    pruned = own.filter(pl.col("method") != DENSE).unique(
        ["series", "ratio"], keep="first", maintain_order=True
    )
    columns = ["line", "model_id", "name", "ratio"]
    starts = pruned.select(line="series").unique().join(dense, how="cross").select(columns)
    words = labels.model_labels(models)
    return (
        pl.concat([starts, pruned.rename({"series": "line"}).select(columns)])
        .sort("line", "ratio", "model_id")
        .select(
            "line",
            pl.int_range(pl.len()).over("line").alias("step"),
            "model_id",
            label=pl.col("ratio").map_elements(
                lambda ratio: labels.ratio_label(ratio) if ratio else DENSE,
                return_dtype=pl.String,
            ),
            model=pl.col("name").replace_strict(words, return_dtype=pl.String),
        )
    )


def severity_steps(conditions: pl.DataFrame, corruption: str) -> pl.DataFrame:
    """Clean images and the severities of a corruption: step, condition_id, label."""
    chosen = conditions.filter((pl.col("severity") == 0) | (pl.col("corruption") == corruption))
    return chosen.sort("severity", "condition_id").select(
        pl.int_range(pl.len()).alias("step"),
        "condition_id",
        label=pl.when(pl.col("severity") == 0)
        .then(pl.lit("clean"))
        .otherwise(pl.col("severity").cast(pl.String)),
    )


def _pair(study: Study, reference: Combination, compared: Combination) -> pl.DataFrame:
    words = labels.model_labels(study.models)
    models = {"reference": reference.model, "compared": compared.model}
    return pl.DataFrame(
        {
            "line": list(models),
            "model": [words[name] for name in models.values()],
            "model_id": pl.Series([study.names.models[name] for name in models.values()]).cast(
                pl.UInt16
            ),
        }
    )


def _points(rows: pl.DataFrame) -> pl.DataFrame:
    answer = pl.when("correct").then(pl.lit("right")).otherwise(pl.lit("wrong"))
    return rows.sort("line", "step").select(
        "line",
        pl.col("step").cast(pl.Int64),
        pl.col("angle", "length").cast(pl.Float32),
        "label",
        answer=answer,
        words=pl.format(
            "{}, {}: predicted {}, {}", "model", "label", "predicted", position_words()
        ),
    )


def _last_labelled(points: pl.DataFrame) -> pl.DataFrame:
    """Points with a label at the end of each line only, where there are too many for all."""
    last = pl.col("step") == pl.col("step").max().over("line")
    return points.with_columns(label=pl.when(last).then("label").otherwise(pl.lit("")))


def _ends(placed: pl.DataFrame) -> dict[str, tuple[float, float]]:
    found = {}
    for name in moving_axes.POSITION:
        low, high = placed[name].min(), placed[name].max()
        if not isinstance(low, float) or not isinstance(high, float):
            found[name] = (0.0, 1.0)
            continue
        air = 0.08 * (high - low) or 1.0
        found[name] = (max(0.0, low - air), high + air)
    return found
