"""Train the dense networks of a study: one model for each network and seed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict

from torch import nn

from core.vision.datasets import Splits
from core.vision.masks import Masks
from core.vision.networks import Normalisation, measure_normalisation
from core.vision.training import Recipe, TrainingProgress, TrainingResult, train_network
from pipelines.command import run_stage
from pipelines.console import Advance, StageReport, progress, stage
from pipelines.model_files import Blueprint, ModelRecord, finished, write_model
from pipelines.plan import DenseModel, dense_models, study_recipe
from pipelines.workspace import Workspace, fingerprint


def train_study(workspace: Workspace) -> StageReport:
    """Train every dense model that is not finished yet."""
    with stage("train", "dense models") as report:
        for model in dense_models(workspace.study):
            expected = dense_fingerprint(model, workspace.splits)
            if finished(workspace.models, model.name, fingerprint=expected):
                report.kept += 1
            else:
                _train(workspace, model, expected)
                report.done += 1
    return report


def dense_fingerprint(model: DenseModel, splits: Splits) -> str:
    """What a dense model's weights depend on."""
    network = model.network
    return fingerprint(
        kind="dense",
        network=[network.name, network.width_multiplier, network.feature_width],
        recipe=asdict(study_recipe(network)),
        seed=model.seed,
        data=splits.fingerprint,
    )


def _train(workspace: Workspace, model: DenseModel, expected: str) -> ModelRecord:
    splits = workspace.splits
    recipe = study_recipe(model.network)
    blueprint = Blueprint(
        network=model.network.name,
        class_count=len(splits.train.class_names),
        width_multiplier=model.network.width_multiplier,
        feature_width=model.network.feature_width,
        normalisation=measure_normalisation(splits.train),
    )
    network = blueprint.build(seed=model.seed)
    result = train_shown(
        workspace,
        network,
        name=model.name,
        recipe=recipe,
        normalisation=blueprint.normalisation,
        seed=model.seed,
    )
    record = write_model(
        workspace.models,
        network=network,
        masks={},
        blueprint=blueprint,
        fingerprint=expected,
        columns={
            "name": model.name,
            "network": model.network.label,
            "method": "dense",
            "ratio": 0.0,
            "sparsity_source": "masks",
            "scope": None,
            "seed": model.seed,
            "parent": None,
            "retrained": False,
            "retrain_epochs": 0,
            "recalibrated": False,
            "classifier_prunable": True,
            "validation_accuracy": result.validation_accuracy,
        },
        details={
            "recipe": asdict(recipe),
            "best_epoch": result.best_epoch,
            "history": [asdict(epoch) for epoch in result.history],
        },
        image_size=workspace.image_size,
    )
    (workspace.training / f"{model.name}.pt").unlink(missing_ok=True)
    return record


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
