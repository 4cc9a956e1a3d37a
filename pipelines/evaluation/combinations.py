"""The models of a study, and what the numbers of each (model, condition) pair depend on."""

from __future__ import annotations

from core.store.writing.shards import ShardState, shard_path, shard_state
from pipelines.errors import PipelineError
from pipelines.evaluation.conditions import Condition
from pipelines.study.plan import model_names
from pipelines.workspace.model_records import (
    ImportedModel,
    ModelRecord,
    added_records,
    damaged_records,
    imported_models,
    read_record,
    record_path,
)
from pipelines.workspace.refusals import refused
from pipelines.workspace.workspace import Workspace, fingerprint

# raise it when the numbers that a shard holds change their meaning
SHARD_VERSION = 3


def study_models(workspace: Workspace) -> list[ModelRecord | ImportedModel]:
    """All models of the study in publishing order: planned, added, imported.

    Those that could not be made are left out, and what is not pruned yet of an added model.

    Raises:
        PipelineError: a model is not made yet, its record is damaged, or there is none.
    """
    planned = model_names(workspace.study, workspace.added)
    asked = model_names(workspace.study)
    damaged = [name for name in damaged_records(workspace.models) if name not in planned]
    if damaged:
        raise PipelineError(
            f"{workspace.study.name}: expected a whole record of each model that was added or "
            f"imported, found a damaged one in {record_path(workspace.models, damaged[0])}; add "
            "or import the model again, or remove the file."
        )
    models: list[ModelRecord | ImportedModel] = []
    for name in planned:
        record = read_record(workspace.models, name)
        if record is None and (name not in asked or refused(workspace.refusals, name)):
            continue
        if record is None:
            raise PipelineError(
                f"{workspace.study.name}: expected the model {name} to be made, found none; run "
                "the train and prune stages first."
            )
        models.append(record)
    models.extend(r for r in added_records(workspace.models) if r.row.name not in planned)
    if workspace.test_set is None:  # features are of the study's own samples
        models.extend(m for m in imported_models(workspace.models) if m.row.name not in planned)
    if not models:
        raise PipelineError(
            f"{workspace.study.name}: expected a table [[network]] or a model that was added or "
            "imported, found none."
        )
    return models


def shard_fingerprint(
    workspace: Workspace, model: ModelRecord | ImportedModel, condition: Condition
) -> str:
    """What the rows of a shard depend on."""
    if isinstance(model, ImportedModel):
        return fingerprint(
            version=SHARD_VERSION,
            classifier=model.classifier,
            features=model.features.get(condition.row.name),
            samples=workspace.samples.fingerprint,
        )
    return fingerprint(
        version=SHARD_VERSION,
        model=model.row.checkpoint_sha256,
        data=workspace.test_fingerprint,
        test_limit=_limit(workspace),
        condition=condition.origin,
    )


def _limit(workspace: Workspace) -> int | list[int | str] | None:
    """Which test images are evaluated; the number alone for the choice that there was first."""
    settings = workspace.study.dataset
    if settings.test_limit is None or settings.test_order == "stratified":
        return settings.test_limit
    return [settings.test_limit, settings.test_order]


def pair_state(
    workspace: Workspace, model: ModelRecord | ImportedModel, condition: Condition
) -> ShardState:
    """Whether the pair's shard is finished, and belongs to what is there now."""
    return shard_state(
        shard_path(workspace.shards, model.row.name, condition.row.name),
        fingerprint=shard_fingerprint(workspace, model, condition),
        sample_count=len(workspace.samples),
    )
