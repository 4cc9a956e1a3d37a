"""What the page benchmarks choose from in a study, and which study they run on.

The options are read from the study itself: their labels depend on what else is in it (with
several seeds a model's label ends in ", seed N"), and a study of one's own has other classes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from benchmarks.synthetic_study import default_path, write_synthetic_study
from core.display.labels import model_labels
from core.store.connection import connect, query
from core.store.queries import study as queries

CLASSES_CHOSEN = 6
MODELS_CHOSEN = 4


@dataclass(frozen=True)
class StudyOptions:
    """What a benchmark of a page chooses.

    Attributes:
        rows: of table sample_metrics.
        reference: name of the first dense model.
        compared: name of a pruned one.
        first_class: name of the class that a page is opened on.
        classes: names to choose one after the other, each another than the one before,
            `first_class` last.
        models: labels to choose one after the other for the reference, its own last.
    """

    rows: int
    reference: str
    compared: str
    first_class: str
    classes: tuple[str, ...]
    models: tuple[str, ...]


def study_options(path: Path) -> StudyOptions:
    """Read what there is to choose.

    Raises:
        StudyError: no study.
        SystemExit: a study of one model or one class, where there is nothing to choose.
    """
    with connect(path) as connection:
        rows = query(connection, "SELECT count(*) AS rows FROM sample_metrics").item()
        models = queries.models(connection)
        classes = queries.classes(connection)["name"].to_list()
    if models.height < 2 or len(classes) < 2:
        raise SystemExit(
            f"{path}: expected at least 2 models and 2 classes, found {models.height} and "
            f"{len(classes)}."
        )
    labels = model_labels(models)
    names = models["name"].to_list()
    reference = next(
        (row["name"] for row in models.iter_rows(named=True) if row["method"] == "dense"), names[0]
    )
    others = [name for name in names if name != reference]
    # a few models far apart in the list, which has more of them than a screen shows
    step = max(1, len(others) // (MODELS_CHOSEN - 1))
    chosen = [*others[::step][: MODELS_CHOSEN - 1], reference]
    first_class = classes[min(3, len(classes) - 1)]
    other_classes = [name for name in classes if name != first_class][: CLASSES_CHOSEN - 1]
    return StudyOptions(
        rows=rows,
        reference=reference,
        compared=others[min(2, len(others) - 1)],
        first_class=first_class,
        classes=(*other_classes, first_class),
        models=tuple(labels[name] for name in chosen),
    )


def add_study_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags that say which study a benchmark runs on."""
    parser.add_argument("--study", type=Path, help="study file; a synthetic one if left out")
    parser.add_argument("--samples", type=int, default=1000, help="its test images (1000)")
    parser.add_argument("--seeds", type=int, default=1, help="its seeds, 21 models each (1)")


def chosen_study(arguments: argparse.Namespace) -> Path:
    """The study file that the flags name; a synthetic one is made if it is not there yet."""
    if arguments.study is not None:
        return Path(arguments.study)
    path = default_path(arguments.samples, arguments.seeds)
    if not path.exists():
        print(f"making {path}", flush=True)
        write_synthetic_study(path, samples=arguments.samples, seeds=arguments.seeds)
    return path
