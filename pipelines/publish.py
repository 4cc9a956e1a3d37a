"""Publish a study: one DuckDB file from its finished shards, served from the next click on."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from core.store.rows import ConditionRow, StudyContents, StudyRow
from core.store.writing.errors import PublishError
from core.store.writing.publish import publish, published_fingerprint
from core.store.writing.shards import (
    shard_change,
    shard_classifier,
    shard_collapse,
    shard_path,
    shard_rows_are_whole,
)
from core.store.writing.tables import schema_fingerprint
from pipelines import attributions
from pipelines.cli import run_stage
from pipelines.corrupted_images import corrupted_images
from pipelines.errors import PipelineError
from pipelines.evaluation.combinations import pair_state, shard_fingerprint, study_models
from pipelines.evaluation.conditions import Condition, study_conditions
from pipelines.progress import CONSOLE, StageReport, progress, stage
from pipelines.thumbnails import thumbnail
from pipelines.versions import library_versions
from pipelines.workspace.model_records import ImportedModel, ModelRecord
from pipelines.workspace.workspace import Workspace, fingerprint

CLOCK = ("duration_seconds", "images_per_second")
"""What an epoch's record says of the machine, not of the model."""


def publish_study(workspace: Workspace) -> StageReport:
    """Publish each test set of the study if anything in it changed since it was last."""
    with stage("publish", "study files") as report:
        for one in workspace.test_sets():
            published = _publish(one)
            report.done += published
            report.kept += not published
    return report


def _publish(workspace: Workspace) -> bool:
    """Publish one test set; False if it stands there as it is."""
    contents = study_contents(workspace)
    name = contents.study.name
    if published_fingerprint(workspace.published, name) == contents.fingerprint:
        return False
    with progress("publish", total=len(contents.models)) as advance:
        try:
            version = publish(
                contents,
                workspace.published,
                on_model=lambda model: advance(1, description=f"publish {model}"),
            )
        except PublishError as error:
            removed = _remove_damaged(contents)
            if not removed:
                raise
            raise PipelineError(
                f"{workspace.study.name}: expected the rows that were measured, found others in "
                f"{', '.join(map(str, removed))}, which {'is' if len(removed) == 1 else 'are'} "
                f"removed: python -m pipelines.run {workspace.study_file} makes them again "
                "(imported features: import them again). What was published before is unchanged."
            ) from error
    rows = len(contents.models) * len(contents.conditions) * contents.samples.height
    size = version.stat().st_size
    CONSOLE.print(
        f"{workspace.published / name}.duckdb: {rows:,} rows, {size / 1e6:.1f} MB, "
        f"{size / rows:.0f} bytes a row.",
        soft_wrap=True,
    )
    return True


def _remove_damaged(contents: StudyContents) -> list[Path]:
    """Remove the shards whose rows are not those that were measured; their paths."""
    damaged = [path for path in contents.shards.values() if not shard_rows_are_whole(path)]
    for path in damaged:
        path.unlink(missing_ok=True)
    return damaged


def study_contents(workspace: Workspace) -> StudyContents:
    """Everything of a finished study.

    Raises:
        PipelineError: a shard is not finished.
    """
    study, other = workspace.study, workspace.test_set
    records = study_models(workspace)
    planned = study_conditions(workspace)
    samples = workspace.samples
    shards = {}
    fingerprints = []
    for record in records:
        for condition in planned:
            pair = (record.row.name, condition.row.name)
            _check_finished(workspace, record, condition)
            shards[pair] = shard_path(workspace.shards, *pair)
            fingerprints.append(shard_fingerprint(workspace, record, condition))
    conditions = tuple(_with_change(condition.row, shards) for condition in planned)
    row = StudyRow(
        name=workspace.name,
        title=study.title + (f", on {other.name}" if other else ""),
        description=study.description,
        dataset=other.dataset if other else study.dataset.name,
        image_size=None if workspace.has_no_images else workspace.image_size,
        seed=study.seed,
        corruption_source=corruption_source(conditions),
        configuration=study.as_json(),
        versions=json.dumps(library_versions()),
    )
    models = [record.row for record in records]
    maps = attributions.finished_maps(workspace, records, planned)
    return StudyContents(
        study=row,
        class_names=samples.class_names,
        samples=pl.DataFrame(
            {
                "sample_id": samples.sample_ids.astype(np.int32),
                "label": samples.labels.astype(np.uint16),
                "thumbnail": pl.Series(_thumbnails(workspace), dtype=pl.Binary),
            }
        ),
        models=models,
        layers={record.row.name: record.layers for record in records},
        classifiers={
            model.name: shard_classifier(shards[model.name, conditions[0].name]) for model in models
        },
        collapse={
            pair: measures
            for pair, path in shards.items()
            if (measures := shard_collapse(path)) is not None
        },
        conditions=conditions,
        corrupted_images=corrupted_images(workspace, planned),
        attributions=maps,
        shards=shards,
        fingerprint=fingerprint(
            schema=schema_fingerprint(),
            study=asdict(row),
            classes=samples.class_names,
            models=[_without_clock(asdict(model)) for model in models],
            conditions=[asdict(condition) for condition in conditions],
            shards=fingerprints,
            attributions=[attributions.VERSION, *maps.drop("cells").rows()],
        ),
    )


def _with_change(condition: ConditionRow, shards: dict[tuple[str, str], Path]) -> ConditionRow:
    """The condition with how far it moved the images, if one of its shards says so."""
    changes = (shard_change(path) for (_, name), path in shards.items() if name == condition.name)
    return replace(
        condition, mean_absolute_change=next((one for one in changes if one is not None), None)
    )


def _check_finished(
    workspace: Workspace, model: ModelRecord | ImportedModel, condition: Condition
) -> None:
    status = pair_state(workspace, model, condition).status
    if status == "finished":
        return
    name, under = model.row.name, condition.row.name
    if isinstance(model, ImportedModel):
        raise PipelineError(
            f"{workspace.study.name}: expected the features of model {name} under {under} to be "
            f"imported, found its shard {status}; import them with python -m "
            f"pipelines.import_features --model {name} --condition {under}."
        )
    raise PipelineError(
        f"{workspace.study.name}: expected model {name} to be evaluated on {under}, found its "
        f"shard {status}; run the evaluate stage."
    )


def _thumbnails(workspace: Workspace) -> list[bytes | None]:
    if workspace.has_no_images:
        return [None] * len(workspace.samples)
    test = workspace.test
    return [thumbnail(test.images[row : row + 1][0]) for row in range(len(test))]


def corruption_source(conditions: tuple[ConditionRow, ...]) -> str:
    """Where all corruptions are from, 'mixed' for several sources, 'none' without any."""
    # 'generated:<version>' is generated too
    sources = {c.source.partition(":")[0] for c in conditions if c.severity}
    if not sources:
        return "none"
    return sources.pop() if len(sources) == 1 else "mixed"


def _without_clock(model: dict[str, Any]) -> dict[str, Any]:
    """A row of `models` without how long its training took, which no two runs agree on."""
    details = json.loads(model["details"])
    history = [
        {name: value for name, value in epoch.items() if name not in CLOCK}
        for epoch in details.get("history", ())
    ]
    return {**model, "details": {**details, "history": history}}


if __name__ == "__main__":
    sys.exit(run_stage(__doc__ or "", publish_study))
