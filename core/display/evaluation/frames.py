"""All rows of the evaluation page, asked for at once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.evaluation.bar_frames import (
    accuracy_by_corruption,
    difference_limit,
    difference_table,
    differences,
)
from core.display.evaluation.histograms import Histograms, histograms
from core.display.evaluation.table_frames import averaged_over_seeds, evaluation_rows
from core.display.paired_words import no_test
from core.display.state.context import Context
from core.store.combination import Key
from core.store.queries.accuracy import accuracy, paired_changes
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter


@dataclass(frozen=True)
class EvaluationFrames:
    """What the evaluation page shows.

    Attributes:
        histograms: the picture of all models, and what its caption says.
        differences: as `difference_table` returns; empty where all samples are looked at.
        difference_series: in the differences, from the bottom row to the top one.
        difference_limit: where the bars of the differences are cut, a fraction.
        models: as `evaluation_rows` returns.
        seed_means: the same, as `averaged_over_seeds` returns.
    """

    histograms: Histograms
    differences: pl.DataFrame
    difference_series: tuple[str, ...]
    difference_limit: float
    models: pl.DataFrame
    seed_means: pl.DataFrame


def evaluation_frames(context: Context, models: pl.DataFrame, severity: int) -> EvaluationFrames:
    """The page's rows for the filtered samples.

    Args:
        context: the open study.
        models: those of the study that pass the page's filter.
        severity: 1..5, or MEAN_SEVERITY.
    """
    return context.study.derive(
        _make,
        context.study.key(context.reference),
        context.sample_filter,
        tuple(models["model_id"]),
        severity,
        untested=no_test(context.subset, models["name"]),
    )


def _make(
    study: Study,
    reference: Key,
    sample_filter: SampleFilter,
    model_ids: tuple[int, ...],
    severity: int,
    *,
    untested: str | None,
) -> EvaluationFrames:
    models = study.models.filter(pl.col("model_id").is_in(model_ids))
    filtered, everything = (
        accuracy_by_corruption(
            study.run(accuracy, samples), models, study.conditions, severity=severity
        )
        for samples in (sample_filter, EVERYTHING)
    )
    changed = differences(filtered.clear() if sample_filter == EVERYTHING else filtered, everything)
    words = labels.model_labels(study.models)
    rows = evaluation_rows(
        study.run(accuracy, sample_filter),
        study.run(
            paired_changes,
            reference,
            condition_id=reference.condition_id,
            sample_filter=sample_filter,
        ).join(models, on="model_id", how="semi"),
        models=models.with_columns(label=pl.col("name").replace_strict(words)),
        conditions=study.conditions,
        reference_model_id=reference.model_id,
    )
    drawn = difference_table(changed)
    return EvaluationFrames(
        histograms=histograms(study, models, sample_filter, severity=severity, untested=untested),
        differences=drawn,
        difference_series=tuple(drawn.sort("base")["series"].unique(maintain_order=True)),
        difference_limit=difference_limit(changed),
        models=rows,
        seed_means=averaged_over_seeds(rows),
    )
