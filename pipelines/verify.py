"""Check a study or a study file for damage: says what is damaged, and what mends it."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from core.store.writing.file_check import check_study_file
from core.store.writing.shards import shard_path, shard_rows_are_whole
from pipelines.cli import explain_mistakes, open_workspace, study_parser
from pipelines.errors import PipelineError
from pipelines.evaluation.combinations import pair_state, study_models
from pipelines.evaluation.conditions import Condition, study_conditions
from pipelines.progress import CONSOLE, Advance, progress
from pipelines.study.plan import model_names
from pipelines.workspace.model_files import weights_are_whole, weights_path
from pipelines.workspace.model_records import (
    ImportedModel,
    ModelRecord,
    added_records,
    damaged_records,
    imported_models,
    read_record,
    record_path,
)
from pipelines.workspace.workspace import Workspace


def verify_study(workspace: Workspace) -> list[str]:
    """What is damaged in a study's work and in what it published, a sentence each.

    What is not made yet is no damage: the next run makes it.
    """
    found = [*_damaged_models(workspace)]
    if not found:  # without records it is not known which shards there should be
        for one in workspace.test_sets():
            found += _damaged_shards(one)
    again = f"python -m pipelines.publish {workspace.study_file}"
    for one in workspace.test_sets():
        pointer = one.published / f"{one.name}.duckdb"
        if os.path.lexists(pointer):
            wrong = check_study_file(Path(os.path.realpath(pointer)))
            found += [f"{sentence} {again} makes it again." for sentence in wrong]
    return found


def _damaged_models(workspace: Workspace) -> Iterator[str]:
    planned = model_names(workspace.study)
    run = f"python -m pipelines.run {workspace.study_file} makes it again."
    for name in damaged_records(workspace.models):
        mend = run if name in planned else "Add or import the model again."
        yield f"{record_path(workspace.models, name)} is damaged. {mend}"
    names = [*planned, *(one.row.name for one in added_records(workspace.models))]
    for name in dict.fromkeys(names):
        record = read_record(workspace.models, name)
        if record is not None and not weights_are_whole(workspace.models, record):
            mend = "Add the model again." if record.is_added else run
            yield f"{weights_path(workspace.models, name)} is damaged or missing. {mend}"


def _damaged_shards(workspace: Workspace) -> list[str]:
    models: list[ModelRecord | ImportedModel] = []
    try:
        models = study_models(workspace)
    except PipelineError:  # some are not made yet: those that are can be looked at
        names = model_names(workspace.study)
        records = (read_record(workspace.models, name) for name in names)
        models = [record for record in records if record is not None]
        models += [*added_records(workspace.models), *imported_models(workspace.models)]
    conditions = study_conditions(workspace)
    with progress("verify", total=len(models) * len(conditions)) as advance:
        return [*_each_shard(workspace, models, conditions, advance)]


def _each_shard(
    workspace: Workspace,
    models: list[ModelRecord | ImportedModel],
    conditions: tuple[Condition, ...],
    advance: Advance,
) -> Iterator[str]:
    run = f"Remove it; python -m pipelines.run {workspace.study_file} makes it again."
    for model in models:
        mend = "Import its features again." if isinstance(model, ImportedModel) else run
        for condition in conditions:
            path = shard_path(workspace.shards, model.row.name, condition.row.name)
            state = pair_state(workspace, model, condition)
            if state.status == "damaged":
                yield f"{state.reason}. {mend}"
            elif state.status == "finished" and not shard_rows_are_whole(path):
                yield f"{path} does not have the rows that were measured. {mend}"
            advance(1, description=f"verify {model.row.name}")


def _parser() -> ArgumentParser:
    return study_parser(
        __doc__ or "",
        writes=False,
        metavar="STUDY.toml|FILE.duckdb",
        about="the study file, or a published file of a study",
    )


def _verify(options: Namespace) -> None:
    if options.study.suffix == ".duckdb":
        found = check_study_file(Path(os.path.realpath(options.study)))
    else:
        found = verify_study(open_workspace(options))
    if found:
        raise PipelineError("\n".join(found))
    CONSOLE.print(f"{options.study}: nothing is damaged.", soft_wrap=True)


def main(arguments: list[str] | None = None) -> int:
    """Parse and check; the exit code: 0, or 2 where something is damaged."""
    options = _parser().parse_args(arguments)
    return explain_mistakes(lambda: _verify(options), debug=options.debug)


if __name__ == "__main__":
    sys.exit(main())
