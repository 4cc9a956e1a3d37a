"""Import features that were computed elsewhere, such as with JAX: measured as evaluation does."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from core.files import replacing
from core.geometry import ClassDirections
from core.store.writing.shards import shard_path, write_shard
from pipelines.cli import study_parser, work_on_study
from pipelines.errors import PipelineError
from pipelines.evaluation.collapse import measuring_collapse
from pipelines.evaluation.combinations import pair_state, shard_fingerprint
from pipelines.evaluation.conditions import (
    NO_IMAGES,
    Condition,
    imported_condition,
    study_conditions,
)
from pipelines.evaluation.measure import classifier_rows, measured_rows
from pipelines.external.imported_features import ImportedFeatures, open_features
from pipelines.external.stated_models import add_statements, imported_model, stated_row
from pipelines.progress import CONSOLE, Advance, progress
from pipelines.study.plan import check_added_name
from pipelines.workspace.model_records import (
    ImportedModel,
    imported_models,
    read_imported,
    read_record,
    write_record,
)
from pipelines.workspace.samples import Samples, check_same_samples, write_samples
from pipelines.workspace.workspace import Workspace

LOOKS_WRONG_BELOW = 0.5


def import_features(workspace: Workspace, options: Namespace) -> None:
    """Measure the features of one model under one condition and keep them in the study.

    The first import into a study without images defines its samples. The record is written
    last: what was imported without one is imported again.

    Raises:
        PipelineError: a name, a condition, a file or samples that do not fit.
    """
    name = options.model
    check_added_name(workspace.study, "--model", name, workspace.added)
    if read_record(workspace.models, name) is not None:
        raise PipelineError(
            f"--model: expected a name that no model with weights has, found {name!r}."
        )
    condition = _condition(workspace, options.condition)
    before = None if options.replace else read_imported(workspace.models, name)
    source = open_features(
        options.features, options.classifier, class_count=len(_class_names(workspace))
    )
    _check_classifier(source, before, name)
    is_first = _defines_samples(workspace, replaced=name if options.replace else None)
    found = Samples(source.sample_ids, source.labels, _class_names(workspace))
    if not is_first:
        note = " (the file has no sample ids, so its rows count)" if source.ids_are_rows else ""
        check_same_samples(workspace.samples, found, where=f"{source.path}", note=note)
    with progress(f"import {name}", total=2 * source.sample_count) as advance:
        features = source.features_fingerprint(advance)
        known = {} if before is None else before.features
        model = imported_model(
            stated_row(workspace, options, before, source),
            classifier=source.classifier_fingerprint(),
            features={**known, condition.row.name: features},
        )
        if is_first:
            with replacing(workspace.imported_samples) as partial:
                write_samples(partial, found)
        measured = not is_first and pair_state(workspace, model, condition).status == "finished"
        if measured and model == before:
            CONSOLE.print(
                f"{options.features} was imported before as {name} under {condition.row.name}: "
                "nothing to do.",
                soft_wrap=True,
            )
            return
        correct = None if measured else _measure(workspace, source, model, condition, advance)
    write_record(workspace.models, model)
    _report(workspace, source, model, condition, correct)


def _class_names(workspace: Workspace) -> tuple[str, ...]:
    stated = workspace.study.dataset.class_names
    return stated if workspace.has_no_images and stated else workspace.samples.class_names


def _condition(workspace: Workspace, name: str) -> Condition:
    row = imported_condition(name)
    if workspace.has_no_images:
        return Condition(row, NO_IMAGES, "imported")
    planned = {condition.row.name: condition for condition in study_conditions(workspace)}
    if name not in planned:
        raise PipelineError(
            f"--condition: expected one of the study's conditions {', '.join(planned)}, "
            f"found {name!r}."
        )
    return planned[name]


def _check_classifier(source: ImportedFeatures, before: ImportedModel | None, name: str) -> None:
    if before is not None and before.classifier != source.classifier_fingerprint():
        raise PipelineError(
            f"--model {name}: expected the classifier that was imported for "
            f"{', '.join(before.features)}, found another; give the model another name, or "
            "--replace to forget what was imported for it."
        )


def _defines_samples(workspace: Workspace, *, replaced: str | None) -> bool:
    """Whether an import is the first into a study without images, but for what it replaces."""
    others = (model.row.name for model in imported_models(workspace.models))
    return workspace.has_no_images and not any(name != replaced for name in others)


def _measure(
    workspace: Workspace,
    source: ImportedFeatures,
    model: ImportedModel,
    condition: Condition,
    advance: Advance,
) -> int:
    """Write the shard; the number of samples that are predicted right."""
    directions = ClassDirections(source.weight, source.bias)
    correct = 0
    path = shard_path(workspace.shards, model.row.name, condition.row.name)
    with (
        write_shard(
            path,
            classifier=classifier_rows(directions),
            fingerprint=shard_fingerprint(workspace, model, condition),
        ) as shard,
        measuring_collapse(path, source.weight) as meter,
    ):
        for rows, features in source.chunks():
            labels = source.labels[rows]
            geometry = directions.measure(features.astype(np.float64), labels)
            shard.append(measured_rows(geometry, labels=labels, sample_ids=source.sample_ids[rows]))
            meter.add(features, labels, geometry.prediction)
            correct += int((geometry.prediction == labels).sum())
            advance(len(labels))
        shard.note_collapse(meter.measure())
    return correct


def _report(
    workspace: Workspace,
    source: ImportedFeatures,
    model: ImportedModel,
    condition: Condition,
    correct: int | None,
) -> None:
    classes, width = source.weight.shape
    bias = "no bias" if source.bias is None else "a bias"
    lines = [f"classifier: {classes} classes, {width} features, {bias}"]
    if source.has_logits:
        lines.append("logits: as W·X + b gives them")
    if correct is not None:
        accuracy = correct / source.sample_count
        lines.append(
            f"accuracy on {source.sample_count} samples under {condition.row.name}: "
            f"{100 * accuracy:.1f} %"
        )
        if accuracy < LOOKS_WRONG_BELOW and not condition.row.severity:
            lines.append(
                f"Warning: {100 * accuracy:.1f} % looks wrong unless the model was pruned hard; "
                "check the order of the classes and of the samples, and that the features are the "
                "input of this classifier."
            )
    missing = [
        other.row.name
        for other in study_conditions(workspace)
        if other.row.name not in model.features
    ]
    lines.append(f"Imported {model.row.name} under {condition.row.name}.")
    if missing:
        lines.append(f"To be imported before the study is published: {', '.join(missing)}.")
    for line in lines:
        CONSOLE.print(line, soft_wrap=True)


def _parser() -> ArgumentParser:
    parser = study_parser(__doc__ or "")
    parser.add_argument("--model", required=True, help="the model's name in the study")
    parser.add_argument("--condition", required=True, help="clean, or a corruption such as fog-3")
    parser.add_argument(
        "--features",
        type=Path,
        required=True,
        help=".npz or .safetensors with features, labels, sample_ids, weight and bias, or Parquet "
        "with features, label and sample_id",
    )
    parser.add_argument(
        "--classifier", type=Path, help=".npz or .safetensors with weight and bias, if apart"
    )
    add_statements(parser)
    parser.add_argument(
        "--replace",
        action="store_true",
        help="forget what was imported for this model before, under all conditions",
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Parse and import; the exit code."""
    options = _parser().parse_args(arguments)
    return work_on_study(options, lambda workspace: import_features(workspace, options))


if __name__ == "__main__":
    sys.exit(main())
