"""Everything that the picture of the histograms shows: bars, ranks, and over how many tests."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from core.display import labels, theme
from core.display.evaluation.bar_frames import accuracy_by_condition
from core.display.evaluation.histogram_frames import histogram_tables, mean_bars, placed_bars
from core.display.evaluation.ranks import best_bars, ranking, scores_of, without_tests
from core.store.queries.accuracy import accuracy
from core.store.queries.predictions import most_frequent_predictions, predicted_counts
from core.store.study import Study
from core.store.subsets.base import SampleFilter


@dataclass(frozen=True)
class Histograms:
    """The picture's rows, and what its caption says.

    Attributes:
        tables: as `histogram_tables` returns; empty without pruned models or samples.
        colours: of each series.
        panels: one, or two above each other.
        measure: `accuracy`, or `recall` where the samples are those of a class.
        tests: how many paired tests ranks rest on, corrected over all.
        untested: why there are none; None where there are.
        degenerate: models shown that are degenerate under a condition shown.
    """

    tables: dict[str, pl.DataFrame]
    colours: dict[str, str]
    panels: int
    measure: str
    tests: int
    untested: str | None
    degenerate: int


def histograms(
    study: Study,
    models: pl.DataFrame,
    sample_filter: SampleFilter,
    *,
    severity: int,
    untested: str | None,
) -> Histograms:
    """The histograms of some models over some samples.

    Args:
        study: the open study.
        models: rows of the study's models.
        sample_filter: samples.
        severity: 1..5, or MEAN_SEVERITY.
        untested: why the samples can't be tested on; None: they can.
    """
    rows = accuracy_by_condition(
        study.run(accuracy, sample_filter), models, study.conditions, severity=severity
    )
    class_id = sample_filter.class_id if sample_filter.where is None else None
    precision = None if class_id is None else _precision(study, rows, class_id)
    predictions = study.run(most_frequent_predictions)
    bars = mean_bars(rows, predictions, precision)
    best = best_bars(bars)
    if untested:
        ranks, tests = without_tests(bars, best), 0
    else:
        members = rows.join(best, on=["column", "series", "ratio"], how="semi")
        found = ranking(scores_of(study, members, sample_filter))
        ranks, tests = found.ranks, found.tests
    placed = placed_bars(bars, ranks)
    flagged = rows.join(
        predictions.filter("degenerate"), on=["model_id", "condition_id"], how="semi"
    ).filter(pl.col("method") != "dense")
    return Histograms(
        tables=histogram_tables(placed),
        colours={
            name: colour
            for name, colour in theme.series_colours(study.models).items()
            if name in bars["series"]
        },
        panels=placed["panel"].n_unique(),
        measure="accuracy" if class_id is None else "recall",
        tests=tests,
        untested=untested,
        degenerate=flagged["model_id"].n_unique(),
    )


def _precision(study: Study, rows: pl.DataFrame, class_id: int) -> pl.DataFrame:
    """Of the samples predicted as the class those that are of it: model_id, condition_id."""
    predicted = study.run(predicted_counts, class_id=class_id)
    return rows.join(predicted, on=["model_id", "condition_id"], how="left").select(
        "model_id", "condition_id", precision=pl.col("correct") / pl.col("predicted")
    )


def histogram_words(found: Histograms) -> str:
    """What the picture shows, and what its ranks rest on."""
    words = [
        f"Bars: {found.measure} by target sparsity; the pale frame is 0 to 100 %, the line the "
        "dense model."
    ]
    if found.measure != "accuracy":
        words.append("Diamonds: precision of the class.")
    if found.untested:
        words.append(f"Order: by the best bar ({found.untested}).")
    elif found.tests:
        words.append(
            "Best methods on top; a bracket joins those whose best bars do not differ "
            "significantly on the same images (paired sign-flip test, Holm's correction over "
            f"{labels.count(found.tests, 'test')}, 5 % level). The thick line is the best bar's "
            "95 % interval, thin ones are ranges over seeds."
        )
    if found.degenerate:
        words.append(
            f"Hatched, and last: degenerate bars, where one class takes most of the predictions "
            f"({labels.count(found.degenerate, 'model')} under a condition shown)."
        )
    return " ".join(words)
