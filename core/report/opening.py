"""A study opened for a report: its context, with a cache of its own."""

from __future__ import annotations

from pathlib import Path

from core.display.default_models import default_combination_models
from core.display.state.context import Context
from core.store.combination import Combination
from core.store.connection import Connection
from core.store.errors import StudyError
from core.store.study import Results, Study


def open_context(
    connection: Connection, path: Path, *, reference: str | None = None, compared: str | None = None
) -> Context:
    """A study with two of its models on clean images, as the app opens it.

    Args:
        connection: to the study's file.
        path: of that file.
        reference: name of a model; the first dense one by default.
        compared: name of a model; by default the most pruned one that looks unharmed.

    Raises:
        StudyError: nothing is in the study, or no model of that name.
    """
    study = Study(connection, str(path), Results())
    if study.models.is_empty() or study.conditions.is_empty() or study.classes.is_empty():
        raise StudyError(
            f"{path.name}: expected a study with models, conditions and classes, found none."
        )
    first, second = default_combination_models(study)
    clean = str(study.conditions.sort("severity", "condition_id")["name"][0])
    names = [reference or first, compared or second]
    for name in names:
        if name not in study.names.models:
            raise StudyError(f"{path.name}: expected the name of one of its models, found {name}.")
    one, other = (Combination(name, clean) for name in names)
    return Context(study, one, other, file_name=path.stem)
