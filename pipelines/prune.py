"""Prune the dense models of a study by every method, ratio and seed it asks for."""

from __future__ import annotations

import copy
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from torch import nn

from core.errors import UserError, first_line
from core.store.rows import ModelRow
from core.vision.diagnosis import diagnose
from core.vision.masks import full_masks
from core.vision.pruning import Pruned, prune, prunes_at_initialisation
from core.vision.recalibration import recalibrate_batch_norm
from core.vision.training_data import TrainingData
from pipelines.cli import run_stage
from pipelines.errors import PipelineError
from pipelines.given_masks import under_masks
from pipelines.progress import Advance, StageReport, progress, stage
from pipelines.study.plan import (
    DENSE,
    PrunedModel,
    Sweep,
    retraining_recipe,
    study_recipe,
    sweeps,
)
from pipelines.study.settings import MASKS
from pipelines.tickets import lottery_tickets
from pipelines.train import retraining_details, train_shown
from pipelines.workspace.model_files import file_sha256, finished, load_network, write_model
from pipelines.workspace.model_records import ModelRecord, added_records, read_record
from pipelines.workspace.refusals import forget, refuse
from pipelines.workspace.workspace import Workspace, fingerprint


def prune_study(workspace: Workspace) -> StageReport:
    """Make every pruned model that is not finished yet.

    Raises:
        PipelineError: a dense model is not trained yet.
    """
    with stage("prune", "pruned models") as report:
        planned = sweeps(workspace.study, workspace.added)
        own = {record.row.name for record in added_records(workspace.models)}
        with progress("prune", total=sum(len(sweep.models) for sweep in planned)) as advance:
            for sweep in planned:
                parent = _parent(workspace, sweep)
                missing = [
                    model
                    for model in sweep.models
                    # what a user added under such a name is not made again
                    if model.name not in own and not _finished(workspace, model, parent)
                ]
                report.kept += len(sweep.models) - len(missing)
                advance(len(sweep.models) - len(missing))
                if missing:
                    refusals = _prune_or_refuse(workspace, sweep, parent, missing, advance)
                    report.refusals += refusals
                    report.done += len(missing) - len(refusals)
    return report


def _prune_or_refuse(
    workspace: Workspace,
    sweep: Sweep,
    parent: ModelRecord,
    missing: list[PrunedModel],
    advance: Advance,
) -> list[str]:
    """Make the missing models of a sweep; names of those that the method cannot make.

    Whatever a method or the network raises is said in one sentence, and other sweeps go on.
    """
    for model in missing:
        forget(workspace.refusals, model.name)
    try:
        _prune(workspace, sweep, parent, missing, advance)
    except OSError:  # a full disk is nothing that a method can't do
        raise
    except Exception as error:
        reason = str(error)
        if not isinstance(error, UserError):
            reason = f"{type(error).__name__}: {first_line(error)}"
        left = [m.name for m in missing if not _finished(workspace, m, parent)]
        for name in left:
            refuse(workspace.refusals, name, reason)
        print(
            f"{sweep.parent.name}: {sweep.settings.method} left out, {len(left)} models: "
            f"{reason.rstrip('.')}.",
            file=sys.stderr,
        )
        return left
    return []


def _parent(workspace: Workspace, sweep: Sweep) -> ModelRecord:
    record = read_record(workspace.models, sweep.parent.name)
    if record is None:
        raise PipelineError(
            f"{workspace.study.name}: expected the dense model {sweep.parent.name} to be trained, "
            "found none; run the train stage first."
        )
    return record


def _fingerprint(
    model: PrunedModel, parent: ModelRecord, *, masks_sha256: str | None = None
) -> str:
    """What a model's weights depend on.

    Ratios that it was not made through and other networks that a table is for are not in it.
    """
    settings = model.settings
    through = tuple(ratio for ratio in sorted(settings.ratios) if ratio < model.ratio)
    ratios = (*(through if settings.rewind_epoch is not None else ()), model.ratio)
    own = asdict(replace(settings, ratios=ratios, seeds=(model.seed,)))
    del own["networks"]
    if own.pop("masks") is not None:
        own["masks"] = masks_sha256
    return fingerprint(
        kind="pruned",
        parent=parent.row.checkpoint_sha256,
        settings=own,
        recipe=asdict(study_recipe(model.parent.network)) if settings.retrain_epochs else None,
    )


def _expected(workspace: Workspace, model: PrunedModel, parent: ModelRecord) -> str:
    """The fingerprint that a model is to have now."""
    masks = workspace.beside(model.settings.masks)
    return _fingerprint(model, parent, masks_sha256=file_sha256(masks) if masks else None)


def _finished(workspace: Workspace, model: PrunedModel, parent: ModelRecord) -> ModelRecord | None:
    expected = _expected(workspace, model, parent)
    return finished(workspace.models, model.name, fingerprint=expected)


@dataclass(frozen=True)
class _Work:
    """One sweep with what its models are made from."""

    workspace: Workspace
    sweep: Sweep
    parent: ModelRecord
    dense: nn.Module
    training: TrainingData


def _prune(
    workspace: Workspace,
    sweep: Sweep,
    parent: ModelRecord,
    missing: list[PrunedModel],
    advance: Advance,
) -> None:
    """Make the missing models of one sweep and write each as soon as it is ready."""
    dense, _ = load_network(workspace.models, parent)
    training = TrainingData(
        images=workspace.splits.train,
        normalisation=parent.blueprint.normalisation,
        seed=sweep.seed,
        device=workspace.device,
    )
    work = _Work(workspace, sweep, parent, dense.to(workspace.device), training)
    for model, pruned in _pruned(work, missing):
        _finish(work, model, pruned)
        advance(1, description=f"prune {model.name}")


def _pruned(work: _Work, missing: list[PrunedModel]) -> Iterator[tuple[PrunedModel, Pruned]]:
    """Each missing model with its network, before any retraining that follows pruning."""
    settings = work.sweep.settings
    if settings.method == DENSE:
        for model in missing:
            network = copy.deepcopy(work.dense)
            yield model, Pruned(network, full_masks(network), 0.0, {})
    elif settings.masks is not None:
        for model in missing:
            yield model, under_masks(work.workspace, model, work.dense)
    elif settings.rewind_epoch is not None:
        yield from lottery_tickets(work.workspace, work.sweep, work.parent, missing, work.dense)
    else:
        states = work.workspace.training / f"{work.parent.row.name}-{settings.method}"
        states.mkdir(parents=True, exist_ok=True)
        results = prune(
            settings.method,
            _start(work) if prunes_at_initialisation(settings.method) else work.dense,
            ratios=[model.ratio for model in missing],
            scope=settings.scope,
            seed=work.sweep.seed,
            include_classifier=settings.include_classifier,
            training=work.training,
            options=settings.options,
            resume_folder=states,
        )
        yield from zip(missing, results, strict=True)
        shutil.rmtree(states)


def _start(work: _Work) -> nn.Module:
    """The dense network as its training found it."""
    return work.parent.blueprint.build(seed=work.sweep.parent.seed).to(work.workspace.device)


def _finish(work: _Work, model: PrunedModel, pruned: Pruned) -> None:
    """Retrain and recalibrate if asked, and write."""
    settings = model.settings
    details: dict[str, Any] = dict(pruned.details)
    if settings.retrain_epochs and settings.rewind_epoch is None:
        recipe = retraining_recipe(model.parent.network, settings)
        result = train_shown(
            work.workspace,
            pruned.network,
            name=model.name,
            recipe=recipe,
            normalisation=work.parent.blueprint.normalisation,
            seed=model.seed,
            masks=pruned.masks,
        )
        details |= retraining_details(recipe, result)
    accuracy = details.pop("validation_accuracy", None)
    if settings.recalibrate:
        details["recalibrated_batch_norms"] = recalibrate_batch_norm(pruned.network, work.training)
    details["diagnosis"] = diagnose(
        pruned.network,
        pruned.masks,
        parent=work.dense,
        images=work.workspace.splits.validation,
        training=work.training,
    ).record()
    write_model(
        work.workspace.models,
        network=pruned.network,
        masks=pruned.masks,
        blueprint=work.parent.blueprint,
        fingerprint=_expected(work.workspace, model, work.parent),
        row=ModelRow(
            name=model.name,
            network=work.parent.row.network,
            method=settings.method,
            ratio=model.ratio,
            scope=None if settings.method in (DENSE, MASKS) else settings.scope,
            seed=model.seed,
            parent=work.parent.row.name,
            retrained=settings.retrain_epochs > 0,
            retrain_epochs=settings.retrain_epochs,
            recalibrated=settings.recalibrate,
            classifier_prunable=settings.include_classifier,
            validation_accuracy=accuracy,
        ),
        details=details,
        image_size=work.workspace.image_size,
        dense=work.dense,
    )
    (work.workspace.training / f"{model.name}.pt").unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(run_stage(__doc__ or "", prune_study))
