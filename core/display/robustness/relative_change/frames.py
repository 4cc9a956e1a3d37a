"""Relative change of a metric by corruption: densities by model, and paired differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.display import labels
from core.display.correctness import passing_images
from core.display.robustness.panels import Panel, across, panel_tables, round_ticks
from core.stats.bootstrap import mean_interval
from core.stats.relative_change import relative_change, trimmed
from core.store.queries.robustness import metric_under_model
from core.store.study import Study
from core.store.subsets.base import SampleFilter

Floats = NDArray[np.float64]
METRICS_SHOWN = ("margin", "angle", "length", "true_probability")
ALL = "all corruptions"
BINS = 96
MOST_IMAGES = 4_400
"""So many are drawn: more take seconds at 50,000 images and show no other curve, and means of less
than 4,000 have a bootstrap that takes twice as long."""


@dataclass(frozen=True)
class RelativeChanges:
    """What the page shows.

    Attributes:
        curves: model (label), corruption (label, ALL first), position, value, density, samples.
        counts: model, values, removed (at both ends together), undefined, mean (absolute relative
            change of what is left).
        differences: row (corruption), series (model), value (mean absolute relative change minus
            the first model's), low, high, images.
        tables: of the chart of the differences: `dots`, `ticks`, `titles`.
        images: how many it rests on.
        passing: of how many these were drawn.
    """

    curves: pl.DataFrame
    counts: pl.DataFrame
    differences: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    images: int
    passing: int


def relative_changes(
    study: Study, names: list[str], metric: str, sample_filter: SampleFilter, *, tested: bool
) -> RelativeChanges:
    """Everything that the page needs of some models; the first is what the others differ from.

    Args:
        study: the open study.
        names: of the models.
        metric: which one changes.
        sample_filter: images.
        tested: whether intervals are given.
    """
    ids = [study.names.models[name] for name in names]
    words = labels.model_labels(study.models)
    models = [words[name] for name in names]
    passing = int(passing_images(study, sample_filter).sum())
    images = min(passing, MOST_IMAGES)
    changes = [_changes(study, one, metric, sample_filter, images) for one in ids]
    kept = [trimmed(one) for one in changes]
    undefined = [_undefined(one) for one in changes]
    groups = _groups(study.conditions)
    counts = pl.DataFrame(
        {
            "model": models,
            "values": [one.size - gone for one, gone in zip(changes, undefined, strict=True)],
            "removed": [
                _undefined(left) - gone for left, gone in zip(kept, undefined, strict=True)
            ],
            "undefined": undefined,
            "mean": [_mean(np.abs(one)) for one in kept],
        },
        schema_overrides={"model": pl.String, "mean": pl.Float64},
    )
    differences = paired_differences(kept, models, groups, tested=tested)
    return RelativeChanges(
        curves=density_curves(kept, models, groups),
        counts=counts,
        differences=differences,
        tables=difference_tables(differences, models[1:]),
        images=images,
        passing=passing,
    )


def _changes(
    study: Study, model_id: int, metric: str, sample_filter: SampleFilter, images: int
) -> Floats:
    """(corrupted conditions, images) relative change under one model, NaN where it is unknown."""
    rows = study.ask(
        metric_under_model,
        model_id=model_id,
        metric=metric,
        sample_filter=sample_filter,
        limit=MOST_IMAGES if images == MOST_IMAGES else None,
    )
    condition_ids = study.conditions["condition_id"].to_numpy()
    values = np.full((condition_ids.size, images), np.nan)
    if rows.height == values.size:
        values = rows["value"].to_numpy().reshape(values.shape)
    elif images:
        found = rows["condition_id"].to_numpy()[::images]
        values[np.searchsorted(condition_ids, found)] = rows["value"].to_numpy().reshape(-1, images)
    severity = study.conditions["severity"].to_numpy()
    clean = values[severity == 0]
    if not len(clean):
        clean = np.full((1, images), np.nan)
    return relative_change(clean[0], values[severity > 0])


def _groups(conditions: pl.DataFrame) -> dict[str, list[int]]:
    """Rows of `_changes` for each panel: all together first, then each corruption."""
    corrupted = conditions.filter(pl.col("severity") > 0).with_row_index("row")
    found = {ALL: corrupted["row"].to_list()}
    for (name,), rows in corrupted.group_by("corruption", maintain_order=True):
        found[labels.corruption_label(str(name))] = rows["row"].to_list()
    return found


def density_curves(
    kept: list[Floats], models: list[str], groups: dict[str, list[int]]
) -> pl.DataFrame:
    """Densities in equal bins over the range of all models: `RelativeChanges.curves`.

    Args:
        kept: (conditions, images) of each model, NaN where a value is left out.
        models: labels.
        groups: rows of each panel.
    """
    # fmin and fmax leave out NaN
    some = [one for one in kept if not np.isnan(one).all()]
    low = min((float(np.fmin.reduce(one, axis=None)) for one in some), default=0.0)
    high = max((float(np.fmax.reduce(one, axis=None)) for one in some), default=1.0)
    width = (high - low) / BINS or 1.0
    middles = low + width * (np.arange(BINS) + 0.5)
    parts = []
    for model, values in zip(models, kept, strict=True):
        by_condition = _counts(values, low, width)
        for position, (corruption, rows) in enumerate(groups.items()):
            counts = by_condition[rows].sum(axis=0)
            samples = int(counts.sum())
            if not samples:
                continue
            parts.append(
                pl.DataFrame({"value": middles, "density": counts / (samples * width)}).select(
                    pl.lit(model).alias("model"),
                    pl.lit(corruption).alias("corruption"),
                    pl.lit(position).alias("position"),
                    pl.col("value", "density"),
                    pl.lit(samples).alias("samples"),
                )
            )
    schema = {
        "model": pl.String, "corruption": pl.String, "position": pl.Int32, "value": pl.Float64,
        "density": pl.Float64, "samples": pl.Int32,
    }  # fmt: skip
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _counts(values: Floats, low: float, width: float) -> NDArray[np.int64]:
    """(conditions, BINS) how many values of each condition are in each bin."""
    scaled = np.minimum((values - low) / width, BINS - 1)
    scaled[np.isnan(scaled)] = BINS  # one bin more, for what is left out
    place = scaled.astype(np.int64)
    place += (BINS + 1) * np.arange(len(values))[:, None]
    counts = np.bincount(place.ravel(), minlength=len(values) * (BINS + 1))
    return np.asarray(counts.reshape(-1, BINS + 1)[:, :BINS])


def paired_differences(
    kept: list[Floats], models: list[str], groups: dict[str, list[int]], *, tested: bool
) -> pl.DataFrame:
    """Mean absolute relative change of each model minus the first one's, on the same images.

    A value counts where both models have one. An image counts once: the mean of its versions.

    Args:
        kept: (conditions, images) of each model, NaN where a value is left out.
        models: labels.
        groups: rows of each panel.
        tested: whether intervals are given.

    Returns:
        row, series, value, low, high, images, by row and model; none where nothing is paired.
    """
    changes = [np.abs(values) - np.abs(kept[0]) for values in kept[1:]]
    counted = [np.isfinite(change) for change in changes]
    summed = [np.where(known, one, 0) for known, one in zip(counted, changes, strict=True)]
    found: list[dict[str, object]] = []
    for corruption, places in groups.items():
        # the rows of a corruption stand together: a slice needs no copy
        rows = slice(places[0], places[-1] + 1) if _are_together(places) else places
        for model, known, values in zip(models[1:], counted, summed, strict=True):
            versions = known[rows].sum(axis=0, dtype=np.int32)
            paired = versions > 0
            if not paired.any():
                continue
            mean = mean_interval(values[rows].sum(axis=0)[paired] / versions[paired])
            low, high = mean.interval if tested and mean.interval else (None, None)
            found.append(
                {
                    "row": corruption, "series": model, "value": mean.mean, "low": low,
                    "high": high, "images": mean.samples,
                }
            )  # fmt: skip
    schema = {
        "row": pl.String, "series": pl.String, "value": pl.Float64, "low": pl.Float64,
        "high": pl.Float64, "images": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema)


def _are_together(places: list[int]) -> bool:
    return bool(places) and places == list(range(places[0], places[-1] + 1))


def difference_tables(differences: pl.DataFrame, models: list[str]) -> dict[str, pl.DataFrame]:
    """Tables of the chart of the differences; one symmetric scale for all panels."""
    sizes = differences.select(pl.max_horizontal(pl.col("value", "low", "high").abs()))
    limit = 1.05 * float(sizes.to_series().max() or 1.0)  # type: ignore[arg-type]
    ticks = round_ticks(-limit, limit, _signed)
    panels = [Panel(model, ticks, (-limit, limit)) for model in models]
    order = {model: i for i, model in enumerate(models)}
    panel = pl.col("series").replace_strict(order, return_dtype=pl.Int64)
    words = [
        pl.col(name).map_elements(_signed, return_dtype=pl.String)
        for name in ("value", "low", "high")
    ]
    dots = differences.select(
        pl.col("row", "series"),
        measure=pl.lit("difference"),
        x=across(panels, pl.col("value"), panel),
        x_low=across(panels, pl.col("low"), panel),
        x_high=across(panels, pl.col("high"), panel),
        fill=pl.col("low").is_not_null().cast(pl.Int8),
        column="series",
        words=pl.when(pl.col("low").is_null())
        .then(pl.format("{} (no interval)", words[0]))
        .otherwise(pl.format("{} ({} to {})", *words)),
        over=pl.format("{} images", "images"),
    )
    return {"dots": dots, **panel_tables(panels)}


def _undefined(values: Floats) -> int:
    return int(np.count_nonzero(np.isnan(values)))


def _mean(values: Floats) -> float | None:
    count = values.size - _undefined(values)
    return float(np.nansum(values)) / count if count else None


def _signed(value: float) -> str:
    return f"{value:+.2g}".replace("-", "−")
