"""How long the robustness page computes, view by view, with nothing kept from before.

    python -m benchmarks.robustness                                  2 M rows
    python -m benchmarks.robustness --samples 5000 --seeds 2         20 M rows
    python -m benchmarks.robustness --study data/versions/x.duckdb

Each line is the queries and the statistics of one view over all samples; the page keeps the result,
so that it is the wait of the first look. The file has been read before ("warm": it is in memory),
nothing that was computed from it is kept. Beside it the processor's time, of all threads: what is
left of the wait on a machine that does nothing else; and, in the same run, the time to count the
right rows over the whole study.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.pages import without_rollup
from benchmarks.study_options import add_study_arguments, chosen_study, study_options
from core.display.robustness.alike.chart import CORRUPTIONS as OF_CORRUPTIONS
from core.display.robustness.alike.chart import ERRORS, GEOMETRY, MODELS
from core.display.robustness.alike.frames import CORRUPTED, Question, alike
from core.display.robustness.alike.ranking_frames import smallest_set
from core.display.robustness.classes.frames import class_disparity
from core.display.robustness.confidence.corruption_frames import corruption_calibration
from core.display.robustness.confidence.frames import confidence
from core.display.robustness.decks.choice import unlike_models
from core.display.robustness.decks.frames import deck
from core.display.robustness.potential.answers import pruned_series
from core.display.robustness.potential.frames import (
    CLASSES_CLEAN,
    CLASSES_CORRUPTED,
    CORRUPTIONS,
    prune_potential,
)
from core.display.robustness.predictors.frames import flip_predictors, robustness_predictors
from core.display.robustness.predictors.scatter_frames import robustness_scatters
from core.display.robustness.relative_change.frames import relative_changes
from core.display.robustness.severity.frames import severity_curves
from core.display.severity import MEAN_SEVERITY
from core.store.connection import connect
from core.store.study import Study
from core.store.subsets.base import EVERYTHING

REPEATS = 5


def parts(study: Study, reference: str, compared: str) -> dict[str, Callable[[], object]]:
    """What each view computes, by name."""
    ids = tuple(study.models["model_id"])
    pair = [reference, compared]
    first, last = study.conditions["name"][0], study.conditions["name"][-1]
    severity = int(study.conditions["severity"].max())  # type: ignore[arg-type]

    def potential(kind: str) -> object:
        return prune_potential(
            study, pruned_series(study), EVERYTHING, kind=kind, severity=MEAN_SEVERITY, tested=True
        )

    def similar(question: Question) -> object:
        return alike(study, question, reference=reference, sample_filter=EVERYTHING)

    return {
        "table 1, all models": lambda: robustness_predictors(study, ids, EVERYTHING, True),
        "flips, all models": lambda: flip_predictors(study, ids, EVERYTHING, True),
        "scatters of one model": lambda: robustness_scatters(study, ids[0], EVERYTHING),
        "prune potential, corruptions": lambda: potential(CORRUPTIONS),
        "prune potential, classes, corrupted": lambda: potential(CLASSES_CORRUPTED),
        "prune potential, classes": lambda: potential(CLASSES_CLEAN),
        "accuracy by severity, mCE, 2 models": lambda: severity_curves(
            study, pair, EVERYTHING, corruptions=[], baseline=reference, tested=True
        ),
        "relative change, 2 models": lambda: relative_changes(
            study, pair, "margin", EVERYTHING, tested=True
        ),
        "relative change, 6 models": lambda: relative_changes(
            study, study.models["name"].to_list()[:6], "margin", EVERYTHING, tested=True
        ),
        "alike: models, errors, clean": lambda: similar(Question(MODELS, ERRORS, under=first)),
        "alike: models, errors, all corruptions": lambda: similar(
            Question(MODELS, ERRORS, under=CORRUPTED)
        ),
        "alike: models, geometry": lambda: similar(Question(MODELS, GEOMETRY, under=first)),
        "alike: corruptions, errors": lambda: similar(
            Question(OF_CORRUPTIONS, ERRORS, severity=severity)
        ),
        "corruptions that suffice": lambda: smallest_set(study, EVERYTHING),
        "confidence, 2 models": lambda: confidence(study, pair, last, EVERYTHING, tested=True),
        "calibration by corruption, 2 models": lambda: corruption_calibration(
            study, pair, EVERYTHING, tested=True
        ),
        "deck of 3 models": lambda: deck(
            study, unlike_models(study, 3), severity, EVERYTHING, tested=True
        ),
        "which classes pay": lambda: class_disparity(study, pair, first, EVERYTHING, tested=True),
    }


def milliseconds(compute: Callable[[], object]) -> tuple[float, float]:
    """Median wait and processor time over REPEATS, after one run that is not counted."""
    compute()
    waits, busy = [], []
    for _ in range(REPEATS):
        start, used = time.perf_counter(), time.process_time()
        compute()
        waits.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    return 1000 * statistics.median(waits), 1000 * statistics.median(busy)


def measure(path: Path) -> None:
    """Print milliseconds of each part, and its ratio to counting over all rows."""
    options = study_options(path)
    with connect(path) as connection:
        study = Study(connection, str(path))
        print(f"{path.name}: {options.rows:,} rows, {study.models.height} models")
        count, used = milliseconds(lambda: without_rollup(connection))
        print(f"{'':<44}{'ms':>9}{'processor ms':>14}{'part / all rows':>17}")
        name = "count right over all rows"
        print(f"{name:<44}{count:>9.0f}{used:>14.0f}{1:>17.1f}", flush=True)
        for name, compute in parts(study, options.reference, options.compared).items():
            taken, used = milliseconds(compute)
            print(f"{name:<44}{taken:>9.0f}{used:>14.0f}{taken / count:>17.1f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_study_arguments(parser)
    measure(chosen_study(parser.parse_args()))
