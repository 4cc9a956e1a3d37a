"""Prune the dense models of a study by every method, ratio and seed it asks for."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import Any

from core.vision.pruning import Pruned, prune
from core.vision.training import train_network
from core.vision.training_data import TrainingData
from pipelines.command import run_stage
from pipelines.console import StageReport, progress, stage
from pipelines.errors import PipelineError
from pipelines.model_files import ModelRecord, finished, load_network, read_record, write_model
from pipelines.plan import PrunedModel, Sweep, study_recipe, sweeps
from pipelines.train import shown
from pipelines.workspace import Workspace, fingerprint


def prune_study(workspace: Workspace) -> StageReport:
    """Make every pruned model that is not finished yet.

    Raises:
        PipelineError: a dense model is not trained yet.
    """
    with stage("prune", "pruned models") as report:
        planned = sweeps(workspace.study)
        with progress("prune", total=sum(len(sweep.models) for sweep in planned)) as advance:
            for sweep in planned:
                parent = read_record(workspace.models, sweep.parent.name)
                if parent is None:
                    raise PipelineError(
                        f"{workspace.study.name}: expected the dense model {sweep.parent.name} to "
                        "be trained, found none; run the train stage first."
                    )
                missing = [
                    model
                    for model in sweep.models
                    if not finished(
                        workspace.models, model.name, fingerprint=_fingerprint(model, parent)
                    )
                ]
                report.kept += len(sweep.models) - len(missing)
                advance(len(sweep.models) - len(missing))
                for model, pruned in _pruned(workspace, sweep, parent, missing):
                    _finish(workspace, model, pruned, parent)
                    report.done += 1
                    advance(1, description=f"prune {model.name}")
    return report


def _fingerprint(model: PrunedModel, parent: ModelRecord) -> str:
    """What a pruned model's weights depend on; its siblings at other ratios are not in it."""
    settings = asdict(replace(model.settings, ratios=(model.ratio,), seeds=(model.seed,)))
    recipe = asdict(study_recipe(model.parent.network)) if model.settings.retrain_epochs else None
    return fingerprint(
        kind="pruned", parent=parent.row.checkpoint_sha256, settings=settings, recipe=recipe
    )


def _pruned(
    workspace: Workspace, sweep: Sweep, parent: ModelRecord, missing: list[PrunedModel]
) -> Any:
    """Each missing model of a sweep with its pruned network."""
    if not missing:
        return
    network, _ = load_network(workspace.models, parent)
    results = prune(
        sweep.settings.method,
        network.to(workspace.device),
        ratios=[model.ratio for model in missing],
        scope=sweep.settings.scope,
        seed=sweep.seed,
        include_classifier=sweep.settings.include_classifier,
        training=TrainingData(
            images=workspace.splits.train,
            normalisation=parent.blueprint.normalisation,
            seed=sweep.seed,
            device=workspace.device,
        ),
        options=sweep.settings.options,
    )
    yield from zip(missing, results, strict=True)


def _finish(
    workspace: Workspace, model: PrunedModel, pruned: Pruned, parent: ModelRecord
) -> ModelRecord:
    """Retrain if asked, and write."""
    settings = model.settings
    details: dict[str, Any] = dict(pruned.details)
    validation_accuracy = None
    if settings.retrain_epochs:
        recipe = replace(study_recipe(model.parent.network), epochs=settings.retrain_epochs)
        resume_path = workspace.training / f"{model.name}.pt"
        resume_path.parent.mkdir(parents=True, exist_ok=True)
        steps = recipe.epochs * -(-len(workspace.splits.train) // recipe.batch_size)
        with progress(f"retrain {model.name}", total=steps) as advance:
            result = train_network(
                pruned.network,
                train=workspace.splits.train,
                validation=workspace.splits.validation,
                recipe=recipe,
                normalisation=parent.blueprint.normalisation,
                seed=model.seed,
                device=workspace.device,
                resume_path=resume_path,
                masks=pruned.masks,
                on_step=shown(f"retrain {model.name}", advance),
            )
        validation_accuracy = result.validation_accuracy
        details |= {"retraining": asdict(recipe), "best_epoch": result.best_epoch}
    record = write_model(
        workspace.models,
        network=pruned.network,
        masks=pruned.masks,
        blueprint=parent.blueprint,
        fingerprint=_fingerprint(model, parent),
        columns={
            "name": model.name,
            "network": parent.row.network,
            "method": settings.method,
            "ratio": model.ratio,
            "scope": settings.scope,
            "seed": model.seed,
            "parent": parent.row.name,
            "retrained": settings.retrain_epochs > 0,
            "retrain_epochs": settings.retrain_epochs,
            "recalibrated": settings.recalibrate,
            "classifier_prunable": settings.include_classifier,
            "validation_accuracy": validation_accuracy,
        },
        details=details,
        image_size=workspace.image_size,
    )
    (workspace.training / f"{model.name}.pt").unlink(missing_ok=True)
    return record


if __name__ == "__main__":
    sys.exit(run_stage(__doc__ or "", prune_study))
