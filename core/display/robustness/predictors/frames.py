"""What foretells robustness and flips: correlations and AUROC for each model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from core.display import labels, theme
from core.display.dense_models import with_dense
from core.display.robustness.panels import Panel, across, panel_tables
from core.stats.auroc import Auroc, auroc
from core.stats.correlation import Correlation, pearson, spearman
from core.store.queries.robustness import clean_metrics_and_flips, clean_metrics_and_robustness
from core.store.study import Study
from core.store.subsets.base import SampleFilter

Tables = dict[str, pl.DataFrame]
PREDICTORS = ("angle", "length", "margin", "true_probability")
"""Of robustness: the three of the paper's table 1, and the probability of the true class."""
DISTANCE = "distance"
SIGNS = {"angle": 1, "length": -1, "margin": -1, DISTANCE: -1, "confidence": -1}
"""Of flips: whether they are expected where the number is large, or where it is small."""
_TITLES = {
    "angle": "large angle", "length": "short feature", "margin": "low margin",
    DISTANCE: "small |margin|", "confidence": "low confidence",
}  # fmt: skip
_CORRELATIONS: dict[str, Callable[[Any, Any], Correlation]] = {
    "Pearson": pearson,
    "Spearman": spearman,
}
_CORRELATION_TICKS = ((-1.0, "−1"), (-0.5, ""), (0.0, "0"), (0.5, ""), (1.0, "1"))
_AREA_TICKS = ((0.0, "0"), (0.25, ""), (0.5, "0.5"), (0.75, ""), (1.0, "1"))


@dataclass(frozen=True)
class Prediction:
    """One number with its interval for each model and predictor.

    Attributes:
        rows: model_id, model (label), series, predictor, panel, measure, value, low, high, samples,
            undefined (samples without the predictor), outcome (samples with it; flips only).
        tables: of the chart: `dots`, `ticks`, `titles`.
        models: labels, in the order of the rows.
        colours: of each series.
        panels: how many.
    """

    rows: pl.DataFrame
    tables: Tables
    models: tuple[str, ...]
    colours: dict[str, str]
    panels: int


def robustness_predictors(
    study: Study, model_ids: tuple[int, ...], sample_filter: SampleFilter, tested: bool
) -> Prediction:
    """Correlations over images of clean metrics with robustness, for each model (table 1).

    Args:
        study: the open study.
        model_ids: models.
        sample_filter: images.
        tested: whether intervals are given.
    """
    samples = study.ask(
        clean_metrics_and_robustness, model_ids=model_ids, sample_filter=sample_filter
    )
    rows = [
        {"model_id": model_id, "predictor": predictor, **row}
        for model_id, found in _by_model(samples)
        for predictor in PREDICTORS
        for row in correlations(found, predictor)
    ]
    panels = [
        Panel(labels.narrow_metric_label(name), _CORRELATION_TICKS, (-1, 1)) for name in PREDICTORS
    ]
    return _prediction(study, rows, panels, PREDICTORS, tested)


def flip_predictors(
    study: Study, model_ids: tuple[int, ...], sample_filter: SampleFilter, tested: bool
) -> Prediction:
    """How well the dense model's clean metrics tell which predictions pruning flips.

    Args:
        study: the open study.
        model_ids: models; dense ones are left out.
        sample_filter: images.
        tested: whether intervals are given.
    """
    pairs = with_dense(study.models).filter(
        pl.col("model_id").is_in(model_ids),
        pl.col("dense_id").is_not_null(),
        pl.col("dense_id") != pl.col("model_id"),
    )
    samples = study.ask(
        clean_metrics_and_flips,
        dense_ids=tuple(pairs["dense_id"]),
        pruned_ids=tuple(pairs["model_id"]),
        sample_filter=sample_filter,
    ).with_columns(pl.col("margin").abs().alias(DISTANCE))
    rows = [
        {"model_id": model_id, "predictor": predictor, **area(found, predictor)}
        for model_id, found in _by_model(samples)
        for predictor in SIGNS
    ]
    panels = [Panel(_TITLES[name], _AREA_TICKS, (0, 1)) for name in SIGNS]
    return _prediction(study, rows, panels, tuple(SIGNS), tested)


def correlations(samples: pl.DataFrame, predictor: str) -> Iterator[dict[str, Any]]:
    """Both correlations of a metric with robustness.

    Args:
        samples: robustness and the metric.
        predictor: name of the metric.
    """
    known = _defined(samples, predictor)
    x, y = (known[name].to_numpy() for name in (predictor, "robustness"))
    for measure, function in _CORRELATIONS.items():
        found = function(x, y)
        low, high = found.interval or (None, None)
        yield {
            "measure": measure, "value": found.value, "low": low, "high": high,
            "samples": found.samples, "undefined": samples.height - known.height, "outcome": None,
        }  # fmt: skip


def area(samples: pl.DataFrame, predictor: str) -> dict[str, Any]:
    """The area under the ROC curve of a metric for flips.

    Args:
        samples: flipped and the metric.
        predictor: its name in SIGNS.
    """
    known = _defined(samples, predictor)
    scores = SIGNS[predictor] * known[predictor].to_numpy()
    found: Auroc = auroc(scores, known["flipped"].to_numpy())
    low, high = found.interval or (None, None)
    return {
        "measure": "AUROC", "value": found.value, "low": low, "high": high,
        "samples": known.height, "undefined": samples.height - known.height,
        "outcome": found.positives,
    }  # fmt: skip


def _by_model(samples: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows of each model, which stand together."""
    starts = 0
    for row in samples["model_id"].rle().struct.unnest().iter_rows(named=True):
        yield int(row["value"]), samples.slice(starts, row["len"])
        starts += row["len"]


def _defined(samples: pl.DataFrame, metric: str) -> pl.DataFrame:
    if samples[metric].null_count():
        return samples.filter(pl.col(metric).is_not_null())
    return samples


_SCHEMA = {
    "model_id": pl.UInt16, "predictor": pl.String, "measure": pl.String, "value": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "samples": pl.Int64, "undefined": pl.Int64,
    "outcome": pl.Int64,
}  # fmt: skip


def _prediction(
    study: Study,
    rows: list[dict[str, Any]],
    panels: list[Panel],
    order: tuple[str, ...],
    tested: bool,
) -> Prediction:
    found = pl.DataFrame(rows, schema=_SCHEMA)
    words = labels.model_labels(study.models)
    of_models = study.models.select(
        "model_id", "series", "method", "ratio", model=pl.col("name").replace_strict(words)
    )
    panel = pl.col("predictor").replace_strict({p: i for i, p in enumerate(order)})
    if not tested:
        nothing = pl.lit(None, pl.Float64)
        found = found.with_columns(low=nothing, high=nothing)
    found = (
        found.join(of_models, on="model_id")
        .with_columns(panel=panel.cast(pl.Int64))
        .sort(pl.col("method") != "dense", "series", "ratio", "model_id", "panel", "measure")
        .drop("method", "ratio")
    )
    colours = theme.series_colours(study.models)
    return Prediction(
        rows=found,
        tables={"dots": dot_rows(found, panels), **panel_tables(panels)},
        models=tuple(found["model"].unique(maintain_order=True)),
        colours={name: colours[name] for name in found["series"].unique(maintain_order=True)},
        panels=len(panels),
    )


def dot_rows(found: pl.DataFrame, panels: list[Panel]) -> pl.DataFrame:
    """What the chart draws: a dot with a line for each value that is defined.

    Returns:
        row (the model), series, measure, x, x_low, x_high, fill (0 without an interval), and in
        words: column (the predictor), words, over.
    """
    place = partial(across, panels, panel=pl.col("panel"))
    titles = {i: panel.title for i, panel in enumerate(panels)}
    numbers = [_signed(name) for name in ("value", "low", "high")]
    known = found.filter(pl.col("value").is_not_null())
    over = pl.format("{} images", "samples")
    return known.select(
        pl.col("series", "measure"),
        row="model",
        x=place(pl.col("value")),
        x_low=place(pl.col("low")),
        x_high=place(pl.col("high")),
        fill=pl.col("low").is_not_null().cast(pl.Int8),
        column=pl.col("panel").replace_strict(titles, return_dtype=pl.String),
        words=pl.when(pl.col("low").is_null())
        .then(pl.format("{} (no interval)", numbers[0]))
        .otherwise(pl.format("{} ({} to {})", *numbers)),
        over=pl.when(pl.col("outcome").is_null())
        .then(over)
        .otherwise(pl.format("{} flipped of {}", "outcome", over)),
    )


def _signed(column: str) -> pl.Expr:
    text = pl.col(column).round(3).cast(pl.String).str.replace("-", "−")
    return pl.when(pl.col(column).abs() < 0.0005).then(pl.lit("0")).otherwise(text)
