"""The sections of a report, from the frames and charts of the app's pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import polars as pl

from core.display import labels
from core.display.evaluation.chart import evaluation_histograms
from core.display.evaluation.frames import comparison_sentence, evaluation_frames, table_frames
from core.display.evaluation.histograms import histogram_words
from core.display.evaluation.table_frames import (
    PERCENTAGES,
    corruption_sets_sentence,
    without_constant_columns,
)
from core.display.paired_words import p_value_words, signed
from core.display.robustness.potential import words as potential_words
from core.display.robustness.potential.answers import pruned_series
from core.display.robustness.potential.chart import potential_dots
from core.display.robustness.potential.frames import CORRUPTIONS, TOLERATED, prune_potential
from core.display.robustness.predictors import words as predictor_words
from core.display.robustness.predictors.chart import prediction_dots
from core.display.robustness.predictors.frames import PREDICTORS, robustness_predictors
from core.display.severity import MEAN_SEVERITY
from core.display.state.context import Context
from core.display.table_text import Format, cell_text, percent_cell
from core.display.theme import TEXT
from core.metrics import METRICS
from core.report.content import Figure, Section, Table

Parts = Iterator[Figure | Table | str]
INK = TEXT["light"]
AT_ONCE = 5
"""Methods side by side in a figure that a page is wide enough for."""
_NO_PRUNED = "No pruned model has been evaluated in this study."
_NO_CORRUPTED = "This study has no model with clean and corrupted images."
_DIFFERENCES = (
    "model", "clean accuracy", "95 % interval", "difference (points)",
    "95 % interval of the difference", "fixed", "broken", "p", "significant (Holm)",
)  # fmt: skip


def accuracy_section(context: Context) -> Section:
    """Accuracy by method, sparsity and corruption: the evaluation page's picture and table."""
    return Section("Accuracy", tuple(_accuracy(context)))


def _accuracy(context: Context) -> Parts:
    study = context.study
    rows = evaluation_frames(context, study.models, MEAN_SEVERITY)
    found = rows.histograms
    bars = found.tables["bars"]
    if bars.is_empty():
        yield _NO_PRUNED
    else:
        yield Figure(
            "accuracy",
            "Accuracy by method, target sparsity and corruption",
            f"{labels.count(study.about['samples'], 'image')} per condition · "
            f"{labels.count(study.models.height, 'model')} · "
            f"{labels.count(study.conditions.height, 'condition')} · mean over severities",
            partial(
                evaluation_histograms,
                found.colours,
                rows=bars["series"].n_unique(),
                text=INK,
                panels=found.panels,
                measure=found.measure,
            ),
            found.tables,
            bars.select(
                "column", "series", target_sparsity="ratio", accuracy="accuracy", range="range",
                dense="dense", rank="rank_words", images="samples", seeds="seeds",
            ),
            "core.display.evaluation.histograms.histograms(severity=mean over severities)",
            histogram_words(found).removesuffix(" Click a bar to pick its model in every column."),
        )  # fmt: skip
    table = table_frames(context, study.models, context.reference.condition)
    means = without_constant_columns(table.seed_means)
    if "series" in means.columns:  # its name says these
        means = means.drop("network", "method", "retrained", strict=False)
    if means["seeds"].max() == 1:
        means = means.drop("seeds", "spread")
    yield Table(
        "evaluation_table",
        "Evaluation table, averaged over seeds",
        means,
        "core.display.evaluation.frames.table_frames, averaged_over_seeds",
        "Means over models that differ in the seed only; spread is the largest minus the smallest "
        f"clean accuracy. {corruption_sets_sentence(study.conditions)}",
        _formats(context, means),
    )


def methods_section(context: Context) -> Section:
    """What differs between methods and models, with tests and intervals."""
    return Section("What differs between methods", tuple(_methods(context)))


def _methods(context: Context) -> Parts:
    study = context.study
    found = evaluation_frames(context, study.models, MEAN_SEVERITY).histograms
    best = found.tables["bars"].filter(pl.col("best") == 1)
    if best.height:
        words = best.select(
            pl.col("column").alias("corruption"),
            "series",
            words=pl.format(
                "{}: {} % ({})",
                pl.col("rank_words"),
                (100 * pl.col("accuracy")).round(1),
                pl.col("range").str.replace(" (95 % interval)", "", literal=True),
            ),
        )
        yield Table(
            "ranks",
            "Rank and accuracy of each method's best target sparsity",
            words.pivot("series", index="corruption", values="words", sort_columns=True),
            "core.display.evaluation.ranks.ranking",
            "Rank: accuracy (95 % interval), by corruption, mean over severities. Methods that "
            "share a rank do not differ significantly on the same images: paired sign-flip test, "
            f"Holm's correction over {labels.count(found.tests, 'test')}, 5 % level. Degenerate "
            "models, which predict one class for most images, are left out.",
        )
    rows = table_frames(context, study.models, context.reference.condition)
    reference = context.labels[context.reference.model]
    shown = rows.models.select(_DIFFERENCES).filter(pl.col("model") != reference)
    yield Table(
        "differences",
        f"Each model against {reference}",
        shown,
        f"core.display.evaluation.frames.table_frames(condition={context.reference.condition})",
        comparison_sentence(reference, context.labels[context.reference.condition], rows),
        _formats(context, shown),
    )


def predictors_section(context: Context) -> Section:
    """Table 1 of the paper: what foretells robustness."""
    return Section("What foretells robustness (table 1)", tuple(_predictors(context)))


def _predictors(context: Context) -> Parts:
    study = context.study
    found = study.derive(
        robustness_predictors, tuple(study.models["model_id"]), context.sample_filter, True
    )
    if found.rows.is_empty():
        yield _NO_CORRUPTED
        return
    made_by = "core.display.robustness.predictors.frames.robustness_predictors(all models)"
    yield Figure(
        "robustness_predictors",
        "Correlation of clean metrics with robustness",
        f"up to {labels.count(int(found.rows['samples'].max() or 0), 'image')} · "  # type: ignore[arg-type]
        f"{labels.count(len(found.models), 'model')}",
        partial(
            prediction_dots,
            found.colours,
            models=found.models,
            panels=found.panels,
            measures=tuple(found.rows["measure"].unique(maintain_order=True)),
            text=INK,
        ),
        found.tables,
        found.rows.drop("model_id", "panel", "outcome"),
        made_by,
        predictor_words.words(found, "corruption"),
        tuple(predictor_words.notes(found, None)),
    )
    pearson = found.rows.filter(measure="Pearson")
    values = [
        pl.Series(name, [cell_text(one, _two_digits) for one in pearson[name]], pl.String)
        for name in ("value", "low", "high")
    ]
    words = pearson.select("model", "predictor", "samples", *values).select(
        "model",
        pl.col("samples").max().over("model").alias("images"),
        predictor=pl.col("predictor").replace({name: METRICS[name].label for name in PREDICTORS}),
        words=pl.format("{} ({} to {})", "value", "low", "high"),
    )
    yield Table(
        "table_1",
        "Pearson correlation with robustness",
        words.pivot("predictor", index=["model", "images"], values="words"),
        made_by,
        "With 95 % intervals over images, as table 1 of the paper, which gives angle, length and "
        "margin.",
    )


def potential_section(context: Context) -> Section:
    """How far each method can prune before a corruption breaks it."""
    return Section("Prune potential", tuple(_potential(context)))


def _potential(context: Context) -> Parts:
    series = context.study.derive(pruned_series)
    if not series:
        yield "This needs a method with more than one target sparsity and its dense model."
    for start in range(0, len(series), AT_ONCE):
        shown = series[start : start + AT_ONCE]
        found = context.study.derive(
            prune_potential,
            shown,
            context.sample_filter,
            kind=CORRUPTIONS,
            severity=MEAN_SEVERITY,
            tested=True,
        )
        if found.rows.is_empty():
            continue
        part = f"_{start // AT_ONCE + 1}" if len(series) > AT_ONCE else ""
        yield Figure(
            f"prune_potential{part}",
            "Prune potential by corruption",
            f"{labels.count(found.fewest, 'image')} per row · "
            f"{len(shown)} of {labels.count(len(series), 'method')} · mean over severities",
            partial(
                potential_dots,
                found.colours,
                rows=found.names,
                measures=tuple(TOLERATED.values()),
                text=INK,
            ),
            found.tables,
            found.rows,
            "core.display.robustness.potential.frames.prune_potential"
            f"(series={', '.join(shown)}; severity=mean over severities)",
            potential_words.words(),
            tuple(potential_words.notes(found, None)),
        )


def _formats(context: Context, rows: pl.DataFrame) -> dict[str, Format]:
    corruptions = map(labels.corruption_label, context.study.conditions["corruption"].unique())
    percentages = [name for name in (*PERCENTAGES, *corruptions) if name in rows.columns]
    return {
        **dict.fromkeys(percentages, percent_cell),
        "difference (points)": signed,
        "relative mCE": lambda value: f"{value:.2f}",
        "p": lambda value: value if isinstance(value, str) else p_value_words(value),
        "seed": str,
    }


def _two_digits(value: float) -> str:
    return signed(value, digits=2).removeprefix("+")
