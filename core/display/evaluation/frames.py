"""All rows of the evaluation page, asked for at once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels
from core.display.evaluation.bar_frames import (
    accuracy_by_corruption,
)
from core.display.evaluation.difference_frames import (
    difference_limit,
    difference_note,
    difference_table,
    differences,
    subset_tests,
)
from core.display.evaluation.histograms import Histograms, histograms
from core.display.evaluation.table_frames import averaged_over_seeds, evaluation_rows
from core.display.paired_words import no_test
from core.display.state.context import Context
from core.store.combination import Combination, Key
from core.store.queries.accuracy import accuracy, paired_changes
from core.store.study import Study
from core.store.subsets.base import EVERYTHING, SampleFilter, Subset


@dataclass(frozen=True)
class EvaluationFrames:
    """What the evaluation page draws.

    Attributes:
        histograms: the picture of all models, and what its caption says.
        differences: as `difference_table` returns; empty where all samples are looked at.
        difference_series: in the differences, from the bottom row to the top one.
        difference_limit: where the bars of the differences are cut, a fraction.
        difference_note: which of them are pale, and by which test.
    """

    histograms: Histograms
    differences: pl.DataFrame
    difference_series: tuple[str, ...]
    difference_limit: float
    difference_note: str


@dataclass(frozen=True)
class TableFrames:
    """What the table of the evaluation page shows.

    Attributes:
        models: as `evaluation_rows` returns.
        seed_means: the same, as `averaged_over_seeds` returns.
        comparisons: how many models are compared with the reference's.
        untested: what stands in place of tests and intervals; None: they are given.
    """

    models: pl.DataFrame
    seed_means: pl.DataFrame
    comparisons: int
    untested: str | None


def evaluation_frames(context: Context, models: pl.DataFrame, severity: int) -> EvaluationFrames:
    """What is drawn of the filtered samples.

    Args:
        context: the open study.
        models: those of the study that pass the page's filter.
        severity: 1..5, or MEAN_SEVERITY.
    """
    return context.study.derive(
        _make,
        context.sample_filter,
        tuple(models["model_id"]),
        severity,
        no_test(context.subset, models["name"].to_list()),
    )


def table_frames(context: Context, models: pl.DataFrame, condition: str) -> TableFrames:
    """The table of the filtered samples.

    Args:
        context: the open study.
        models: those of the study that pass the page's filter.
        condition: under which the models are compared with the reference's.
    """
    return context.study.derive(
        _table,
        context.study.key(Combination(context.reference.model, condition)),
        context.subset,
        context.sample_filter,
        tuple(models["model_id"]),
    )


def comparison_sentence(reference: str, condition: str, rows: TableFrames) -> str:
    """What difference, fixed, broken and p in the table are.

    Args:
        reference: the reference's model, in words.
        condition: of the images, in words.
        rows: the table.
    """
    test = rows.untested or (
        "interval by Tango's score method, exact McNemar test, Holm's correction over "
        f"{labels.count(rows.comparisons, 'comparison')}, 5 % level"
    )
    return (
        "Difference of accuracy, fixed (wrong → right), broken (right → wrong) and p: each model "
        f"against {reference}, on the same images ({condition}); {test}."
    )


def _make(
    study: Study,
    sample_filter: SampleFilter,
    model_ids: tuple[int, ...],
    severity: int,
    untested: str | None,
) -> EvaluationFrames:
    models = study.models.filter(pl.col("model_id").is_in(model_ids))
    filtered, everything = (
        accuracy_by_corruption(
            study.run(accuracy, samples), models, study.conditions, severity=severity
        )
        for samples in (sample_filter, EVERYTHING)
    )
    tests = None
    if untested is None and sample_filter != EVERYTHING:
        shown = study.run(accuracy, sample_filter).join(models, on="model_id", how="semi")
        tests = subset_tests(shown, study.run(accuracy), study.conditions, severity=severity)
    changed = differences(
        filtered.clear() if sample_filter == EVERYTHING else filtered, everything, tests
    )
    drawn = difference_table(changed, untested)
    return EvaluationFrames(
        histograms=histograms(study, models, sample_filter, severity=severity, untested=untested),
        differences=drawn,
        difference_series=tuple(drawn.sort("base")["series"].unique(maintain_order=True)),
        difference_limit=difference_limit(changed),
        difference_note=difference_note(changed, untested),
    )


def _table(
    study: Study,
    reference: Key,
    subset: Subset,
    sample_filter: SampleFilter,
    model_ids: tuple[int, ...],
) -> TableFrames:
    models = study.models.filter(pl.col("model_id").is_in(model_ids))
    words = labels.model_labels(study.models)
    shown = study.models.filter(pl.col("model_id").is_in([*model_ids, reference.model_id]))
    untested = no_test(subset, shown["name"].to_list())
    changes = study.run(
        paired_changes,
        reference,
        condition_id=reference.condition_id,
        sample_filter=sample_filter,
    ).join(models, on="model_id", how="semi")
    rows = evaluation_rows(
        study.run(accuracy, sample_filter),
        changes,
        models=models.with_columns(label=pl.col("name").replace_strict(words)),
        conditions=study.conditions,
        reference_model_id=reference.model_id,
        untested=untested,
    )
    return TableFrames(
        models=rows,
        seed_means=averaged_over_seeds(rows),
        comparisons=rows["broken"].count(),
        untested=untested,
    )
