"""Train the dense networks of a study, one for each seed, or read them from checkpoints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from torch import nn

from core.store.rows import ModelRow
from core.vision.masks import Masks
from core.vision.networks import Normalisation, is_built_in, measure_normalisation
from core.vision.training import Recipe, TrainingProgress, TrainingResult, train_network
from pipelines.cli import run_stage
from pipelines.errors import PipelineError
from pipelines.external.foreign_models import load_foreign
from pipelines.progress import Advance, StageReport, progress, stage
from pipelines.study.plan import DenseModel, dense_models, study_recipe
from pipelines.trial import ready_to_train, try_networks
from pipelines.workspace.model_files import file_sha256, finished, write_model
from pipelines.workspace.model_records import Blueprint, ModelRecord
from pipelines.workspace.workspace import Workspace, fingerprint

Channels = tuple[float, float, float] | None


def train_study(workspace: Workspace) -> StageReport:
    """Train every dense model that is not finished yet."""
    with stage("train", "dense models") as report:
        _try_missing(workspace)
        # checkpoints first: one that does not fit is said before the hours of the others
        for model in sorted(dense_models(workspace.study), key=_is_trained):
            expected = _fingerprint(workspace, model)
            if finished(workspace.models, model.name, fingerprint=expected):
                report.kept += 1
            else:
                _make(workspace, model, expected)
                report.done += 1
    return report


def _is_trained(model: DenseModel) -> bool:
    return model.network.checkpoint is None


def _try_missing(workspace: Workspace) -> None:
    """Try the networks that are not trained yet, before the first of them takes its hours."""
    missing = {
        model.name
        for model in dense_models(workspace.study)
        if not is_built_in(model.network.name)
        and not finished(workspace.models, model.name, fingerprint=_fingerprint(workspace, model))
    }
    if missing:
        try_networks(workspace, missing)


def _fingerprint(workspace: Workspace, model: DenseModel) -> str:
    """What a dense model's weights depend on."""
    network = model.network
    parts = {
        "network": [network.name, network.width_multiplier, network.feature_width],
        "normalisation": [network.mean, network.std],
    }
    if network.checkpoint is not None:
        path = workspace.study_file.parent / network.checkpoint
        return fingerprint(kind="checkpoint", file=file_sha256(path), **parts)
    return fingerprint(
        kind="dense",
        recipe=asdict(study_recipe(network)),
        seed=model.seed,
        data=workspace.splits.fingerprint,
        **parts,
    )


def study_normalisation(workspace: Workspace, mean: Channels, std: Channels) -> Normalisation:
    """The normalisation that is stated, or measured on the training images.

    Raises:
        PipelineError: none is stated and there are no training images.
    """
    if mean is not None and std is not None:
        return Normalisation(mean=mean, std=std)
    if not len(workspace.splits.train):
        raise PipelineError(
            f"{workspace.study.name}: expected mean and std of the model's input, since the data "
            "set has no training images to measure them on, found none."
        )
    return measure_normalisation(workspace.splits.train)


def _make(workspace: Workspace, model: DenseModel, expected: str) -> ModelRecord:
    """Train a dense model, or read it from its checkpoint, and write it."""
    settings = model.network
    blueprint = Blueprint(
        network=settings.name,
        class_count=len(workspace.test.class_names),
        width_multiplier=settings.width_multiplier,
        feature_width=settings.feature_width,
        normalisation=study_normalisation(workspace, settings.mean, settings.std),
    )
    accuracy = None
    if settings.checkpoint is not None:
        path = workspace.study_file.parent / settings.checkpoint
        network, report = load_foreign(workspace, blueprint, path, stated=settings.mean is not None)
        details: dict[str, Any] = {
            "checkpoint": path.name,
            "layout": report.layout,
            "notes": list(report.notes),
        }
    else:
        recipe = study_recipe(settings)
        network = ready_to_train(blueprint.build(seed=model.seed), workspace)
        result = train_shown(
            workspace,
            network,
            name=model.name,
            recipe=recipe,
            normalisation=blueprint.normalisation,
            seed=model.seed,
        )
        accuracy = result.validation_accuracy
        history = [asdict(epoch) for epoch in result.history]
        details = {
            "recipe": asdict(_as_trained(recipe, result)),
            "best_epoch": result.best_epoch,
            "history": history,
        }
    record = write_model(
        workspace.models,
        network=network,
        masks={},
        blueprint=blueprint,
        fingerprint=expected,
        row=ModelRow(
            name=model.name,
            network=settings.label,
            seed=None if settings.checkpoint is not None else model.seed,
            validation_accuracy=accuracy,
        ),
        details=details,
        image_size=workspace.image_size,
    )
    (workspace.training / f"{model.name}.pt").unlink(missing_ok=True)
    return record


def retraining_details(recipe: Recipe, result: TrainingResult) -> dict[str, Any]:
    """What a model's record says about the training that followed its pruning: what was done."""
    return {
        "retraining": asdict(_as_trained(recipe, result)),
        "best_epoch": result.best_epoch,
        "validation_accuracy": result.validation_accuracy,
    }


def _as_trained(recipe: Recipe, result: TrainingResult) -> Recipe:
    """The recipe with the epochs and the precision that the training had, not those asked for."""
    return replace(recipe, epochs=len(result.history), precision=result.precision)


def train_shown(
    workspace: Workspace,
    network: nn.Module,
    *,
    name: str,
    recipe: Recipe,
    normalisation: Normalisation,
    seed: int,
    masks: Masks | None = None,
    resumable: bool = True,
    after_epoch: Callable[[int], None] | None = None,
) -> TrainingResult:
    """Train a network in place on the study's images, with a bar, going on where it was stopped.

    The state lies in the study's training folder under `name` until the caller removes it;
    a run that is not resumable keeps none.
    """
    splits = workspace.splits
    resume_path = workspace.training / f"{name}.pt"
    resume_path.parent.mkdir(parents=True, exist_ok=True)
    steps = recipe.epochs * -(-len(splits.train) // recipe.batch_size)
    with progress(f"train {name}", total=steps) as advance:
        return train_network(
            network,
            train=splits.train,
            validation=splits.validation,
            recipe=recipe,
            normalisation=normalisation,
            seed=seed,
            device=workspace.device,
            resume_path=resume_path if resumable else None,
            masks=masks,
            on_step=_shown(f"train {name}", advance),
            after_epoch=after_epoch,
        )


def _shown(description: str, advance: Advance) -> Callable[[TrainingProgress], None]:
    """Steps of a training run on a progress bar, whatever epoch it goes on from."""
    shown_steps = 0

    def on_step(state: TrainingProgress) -> None:
        nonlocal shown_steps
        steps = (state.epoch - 1) * state.steps_per_epoch + state.step
        accuracy = (
            ""
            if state.validation_accuracy is None
            else f", validation {100 * state.validation_accuracy:.1f} %"
        )
        advance(
            steps - shown_steps,
            description=f"{description}: epoch {state.epoch} of {state.epochs}{accuracy}",
        )
        shown_steps = steps

    return on_step


if __name__ == "__main__":
    sys.exit(run_stage(__doc__ or "", train_study))
