"""Neural collapse NC1 to NC4 of every model on clean images, beside its robustness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels, theme
from core.stats.correlation import spearman
from core.store.queries.accuracy import accuracy
from core.store.queries.neural_collapse import neural_collapse
from core.store.study import Study

MEASURES = ("nc1", "nc1_pinv", "nc2_norms", "nc2_cosines", "nc3", "nc4")
LOGARITHMIC = ("nc1", "nc1_pinv")
"""Measures that range over orders of magnitude."""


@dataclass(frozen=True)
class Collapse:
    """What the pictures show.

    Attributes:
        by_sparsity: measure -> series, ratio, value (mean over seeds), seeds; the dense model
            starts every curve of its network at 0.
        by_robustness: measure -> series, model (label), ratio, value, robustness (mean accuracy on
            corrupted images), degenerate (words), by model; no rows without corrupted images.
        correlations: measure -> Spearman's over the models in `by_robustness`; None where it is
            undefined.
        colours: of each series.
        samples: test samples that the measures are over; 0 where nothing was measured.
        undefined: models without a measure.
    """

    by_sparsity: dict[str, pl.DataFrame]
    by_robustness: dict[str, pl.DataFrame]
    correlations: dict[str, float | None]
    colours: dict[str, str]
    samples: int
    undefined: int


def collapse(study: Study) -> Collapse:
    """Everything that the section needs."""
    measured = study.run(neural_collapse)
    words = labels.model_labels(study.models)
    models = study.models.select(
        "model_id", "network", "method", "retrained", "ratio", "series",
        model=pl.col("name").replace_strict(words, return_dtype=pl.String),
        degenerate=pl.when("degenerate").then(pl.lit("yes")).otherwise(pl.lit("no")),
    )  # fmt: skip
    rows = measured.join(models, on="model_id", maintain_order="left").join(
        robustness(study), on="model_id", how="left", maintain_order="left"
    )
    of = {name: _of_measure(rows, name) for name in MEASURES}
    by_robustness = {
        name: one.filter(pl.col("robustness").is_not_null()).select(
            "series", "model", "ratio", "value", "robustness", "degenerate"
        )
        for name, one in of.items()
    }
    shown = set(rows["series"])
    return Collapse(
        by_sparsity={name: _curves(one) for name, one in of.items()},
        by_robustness=by_robustness,
        correlations={
            name: spearman(
                one["value"].to_numpy().astype(np.float64), one["robustness"].to_numpy()
            ).value
            for name, one in by_robustness.items()
        },
        colours={
            name: colour
            for name, colour in theme.series_colours(study.models).items()
            if name in shown
        },
        samples=int(measured["samples"].max() or 0),  # type: ignore[arg-type]
        undefined=rows.filter(pl.any_horizontal(pl.col(MEASURES).is_null())).height,
    )


def robustness(study: Study) -> pl.DataFrame:
    """Mean accuracy over the corrupted conditions: model_id, robustness."""
    corrupted = study.conditions.filter(pl.col("severity") > 0)
    return (
        study.run(accuracy)
        .join(corrupted, on="condition_id", how="semi")
        .filter(pl.col("samples") > 0)
        .group_by("model_id")
        .agg(robustness=(pl.col("correct") / pl.col("samples")).mean())
        .sort("model_id")
    )


def _of_measure(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The models for which the measure is defined and, where it is drawn so, has a logarithm."""
    value = pl.col(name)
    drawn = value > 0 if name in LOGARITHMIC else value.is_not_null()
    return rows.filter(drawn).with_columns(value=value)


def _curves(rows: pl.DataFrame) -> pl.DataFrame:
    """Means over seeds by series and target sparsity; each starts at its network's dense models."""
    means = (pl.col("value").mean(), pl.len().alias("seeds"))
    dense = rows.filter((pl.col("method") == "dense") & ~pl.col("retrained"))
    starts = dense.group_by("network").agg(*means)
    points = (
        rows.filter(pl.col("method") != "dense")
        .group_by("series", "network", "ratio", maintain_order=True)
        .agg(*means)
    )
    first = points.select("series", "network").unique().join(starts, on="network")
    alone = dense.join(points, on="network", how="anti").group_by("series", "network").agg(*means)
    at_zero = pl.concat([first, alone]).with_columns(ratio=pl.lit(0.0))
    columns = ["series", "ratio", "value", "seeds"]
    return pl.concat([points.select(columns), at_zero.select(columns)]).sort("series", "ratio")
