"""Accuracy by severity of some models, and their mean corruption errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from core.display import labels
from core.display.correctness import correctness, passing_images
from core.stats.corruption_error import mean_corruption_errors
from core.stats.intervals import wilson_interval
from core.store.queries.accuracy import accuracy
from core.store.study import Study
from core.store.subsets.base import SampleFilter

BENCHMARK, ALL = "benchmark", "all"


@dataclass(frozen=True)
class SeverityCurves:
    """What the page shows of some models.

    Attributes:
        points: as `severity_points` returns.
        errors: model, corruption_set (BENCHMARK or ALL), measure (`mCE`, `relative mCE`), value,
            low, high, corruptions; not the baseline's own, which is 1.
        samples: images.
        distances: whether it is known how far each condition moved the images.
    """

    points: pl.DataFrame
    errors: pl.DataFrame
    samples: int
    distances: bool


def severity_curves(
    study: Study,
    names: list[str],
    sample_filter: SampleFilter,
    *,
    corruptions: list[str],
    baseline: str,
    tested: bool,
) -> SeverityCurves:
    """Everything that the page needs.

    Args:
        study: the open study.
        names: of the models.
        sample_filter: images.
        corruptions: names; none means all.
        baseline: name of the model that mCE measures against.
        tested: whether intervals are given.
    """
    conditions = with_distance(study.conditions)
    shown = conditions.filter(
        pl.lit(not corruptions) | pl.col("corruption").is_in([*corruptions, "clean"])
    )
    points = severity_points(
        study.run(accuracy, sample_filter), study.models, shown, names, tested=tested
    )
    return SeverityCurves(
        points=points,
        errors=corruption_errors(study, names, sample_filter, baseline=baseline, tested=tested),
        samples=int(points["samples"].max() or 0),  # type: ignore[arg-type]
        distances=conditions["mean_absolute_change"].null_count() == 0,
    )


def with_distance(conditions: pl.DataFrame) -> pl.DataFrame:
    """The conditions with mean_absolute_change 0 for clean images, NULL where it is unknown."""
    clean = pl.when(pl.col("severity") == 0).then(0.0)
    return conditions.with_columns(mean_absolute_change=clean.otherwise("mean_absolute_change"))


def severity_points(
    accuracies: pl.DataFrame,
    models: pl.DataFrame,
    conditions: pl.DataFrame,
    names: list[str],
    *,
    tested: bool,
) -> pl.DataFrame:
    """Accuracy with Wilson's interval of each model, corruption and severity, clean ones in each.

    Args:
        accuracies: model_id, condition_id, correct, samples.
        models: the table `models`.
        conditions: the table `conditions`, as `with_distance` returns it.
        names: of the models.
        tested: whether intervals are given.

    Returns:
        model (label), corruption (label), position (order), severity, distance, accuracy, low,
        high, samples, words, by corruption, model and severity.
    """
    words = labels.model_labels(models)
    order = pl.DataFrame(
        {"name": names, "order": range(len(names))}, schema_overrides={"name": pl.String}
    )
    chosen = models.select("model_id", "name").join(order, on="name")
    corrupted = conditions.filter(pl.col("severity") > 0)
    panels = corrupted.group_by("corruption").agg(position=pl.col("condition_id").min())
    # a curve starts at the clean images, in every plot
    clean = conditions.filter(pl.col("severity") == 0).drop("corruption").join(panels, how="cross")
    columns = ["condition_id", "corruption", "position", "severity", "mean_absolute_change"]
    places = pl.concat(
        [clean.select(columns), corrupted.join(panels, on="corruption").select(columns)]
    )
    found = (
        accuracies.filter(pl.col("samples") > 0)
        .join(chosen, on="model_id")
        .join(places, on="condition_id")
        .sort("position", "order", "severity")
    )
    ends = [
        wilson_interval(*row) if tested else (None, None)
        for row in found.select("correct", "samples").iter_rows()
    ]
    found = found.with_columns(
        accuracy=pl.col("correct") / pl.col("samples"),
        low=pl.Series([low for low, _ in ends], dtype=pl.Float64),
        high=pl.Series([high for _, high in ends], dtype=pl.Float64),
    )
    return found.select(
        model=pl.col("name").replace_strict(words, return_dtype=pl.String),
        corruption=pl.col("corruption").map_elements(
            labels.corruption_label, return_dtype=pl.String
        ),
        position="position",
        severity=pl.col("severity").cast(pl.Int64),
        distance="mean_absolute_change",
        accuracy="accuracy",
        low="low",
        high="high",
        samples="samples",
        words=pl.struct("accuracy", "low", "high", "samples").map_elements(
            _words, return_dtype=pl.String
        ),
    )


def _words(row: dict[str, float | None]) -> str:
    interval = (
        ""
        if row["low"] is None
        else f" ({labels.percent(row['low'])} to {labels.percent(row['high'])})"
    )
    return f"{labels.percent(row['accuracy'])}{interval} of {row['samples']:,}"


def corruption_errors(
    study: Study, names: list[str], sample_filter: SampleFilter, *, baseline: str, tested: bool
) -> pl.DataFrame:
    """MCE and relative mCE of some models, over the benchmark's corruptions and over all.

    Models that were not evaluated on all of the study's conditions are left out.

    Args:
        study: the open study.
        names: of the models.
        sample_filter: images.
        baseline: name of the model that the others are measured against.
        tested: whether intervals are given.

    Returns:
        model (label), corruption_set, measure, value, low, high, corruptions.
    """
    schema = {
        "model": pl.String, "corruption_set": pl.String, "measure": pl.String,
        "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "corruptions": pl.Int64,
    }  # fmt: skip
    order = list(dict.fromkeys([baseline, *names]))
    ids = [study.names.models[name] for name in order]
    condition_ids = study.conditions["condition_id"].to_list()
    read = correctness(study, ids, condition_ids, passing_images(study, sample_filter))
    whole = np.asarray(read.present.all(axis=1))
    severity = study.conditions["severity"].to_numpy()
    if not whole[0] or not (severity > 0).any() or read.right.shape[2] == 0:
        return pl.DataFrame(schema=schema)
    order = [name for name, one in zip(order, whole, strict=True) if one]
    groups = _groups(study.conditions)
    summed = np.stack(
        [(1 - read.right[whole][:, one]).sum(axis=1, dtype=np.int16) for one, _ in groups], axis=-1
    )
    sets = {
        BENCHMARK: np.array([in_benchmark for _, in_benchmark in groups]),
        ALL: np.ones(len(groups), bool),
    }
    clean = (1 - read.right[whole][:, severity == 0]).sum(axis=1, dtype=np.int16)
    found = mean_corruption_errors(
        summed.transpose(1, 0, 2),
        np.array([len(one) for one, _ in groups]),
        clean.T,
        baseline=0,
        chosen={name: mask for name, mask in sets.items() if mask.any()},
    )
    words = labels.model_labels(study.models)
    rows = [
        {
            "model": words[name], "corruption_set": corruption_set, "measure": measure,
            "value": one.value, "low": one.interval[0] if tested and one.interval else None,
            "high": one.interval[1] if tested and one.interval else None,
            "corruptions": one.corruptions,
        }
        for corruption_set, measures in found.items()
        for measure, each in zip(("mCE", "relative mCE"), measures, strict=True)
        if measure == "mCE" or (severity == 0).any()
        for name, one in zip(order, each, strict=True)
        if name != baseline
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _groups(conditions: pl.DataFrame) -> list[tuple[list[int], bool]]:
    """Rows of the table `conditions` of each corruption, and whether it is in the benchmark."""
    corrupted = conditions.with_row_index("row").filter(pl.col("severity") > 0)
    found = corrupted.group_by("corruption", maintain_order=True).agg(
        "row", pl.col("in_benchmark").all()
    )
    return list(found.select("row", "in_benchmark").iter_rows())
