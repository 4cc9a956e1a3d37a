"""Lottery tickets: prune, rewind, train, ratio after ratio, each going on from the one before."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from torch import Tensor, nn

from core.vision.classifier import find_classifier
from core.vision.masks import Masks, full_masks
from core.vision.networks import normalise
from core.vision.plain_layers import make_plain
from core.vision.pruning import Pruned
from core.vision.rewinding import iterative_magnitude
from core.vision.training import TrainingResult
from pipelines.study.plan import PrunedModel, Sweep, retraining_recipe, study_recipe
from pipelines.train import retraining_details, train_shown
from pipelines.trial import ready_to_train
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import ModelRecord, read_record
from pipelines.workspace.workspace import Workspace


class _EpochReachedError(Exception):
    """The epoch to rewind to is reached."""


def lottery_tickets(
    workspace: Workspace,
    sweep: Sweep,
    parent: ModelRecord,
    missing: list[PrunedModel],
    dense: nn.Module,
) -> Iterator[tuple[PrunedModel, Pruned]]:
    """Each missing model of a sweep with rewinding, by rising ratio.

    What is finished of the sweep is the start of what is not: a model is made again only
    if one before it had to be.
    """
    settings = sweep.settings
    rising = sorted(sweep.models, key=lambda model: model.ratio)
    first = min(rising.index(model) for model in missing)
    network: nn.Module = dense
    masks = full_masks(
        dense,
        include_classifier=settings.include_classifier,
        classifier=None if settings.include_classifier else _classifier(workspace, parent, dense),
    )
    if first:
        before = read_record(workspace.models, rising[first - 1].name)
        assert before is not None, "what is not missing is finished"
        network, masks = load_network(workspace.models, before)
        network.to(workspace.device)
        masks = {name: mask.to(workspace.device) for name, mask in masks.items()}
    early_weights = _early_weights(workspace, sweep, parent)
    names = iter(model.name for model in rising[first:])
    recipe = retraining_recipe(sweep.parent.network, settings)
    results: list[TrainingResult] = []

    def train(ticket: nn.Module, kept: Masks) -> None:
        result = train_shown(
            workspace,
            ticket,
            name=next(names),
            recipe=recipe,
            normalisation=parent.blueprint.normalisation,
            seed=sweep.seed,
            masks=kept,
        )
        results.append(result)

    rounds = iterative_magnitude(
        network,
        masks,
        ratios=[model.ratio for model in rising[first:]],
        early_weights=early_weights,
        train=train,
        scope=settings.scope,
    )
    for model, pruned in zip(rising[first:], rounds, strict=True):
        details = {"rewind_epoch": settings.rewind_epoch, **retraining_details(recipe, results[-1])}
        yield model, replace(pruned, details=details)


def _classifier(workspace: Workspace, parent: ModelRecord, dense: nn.Module) -> str:
    images = workspace.splits.train.images[:2]
    pixels = normalise(images, parent.blueprint.normalisation, workspace.device)
    return find_classifier(dense, pixels).name


def _early_weights(workspace: Workspace, sweep: Sweep, parent: ModelRecord) -> dict[str, Tensor]:
    """The dense network's weights after the first epochs of its training, made again."""
    wanted = sweep.settings.rewind_epoch or 0
    network = ready_to_train(parent.blueprint.build(seed=sweep.parent.seed), workspace)
    if wanted:

        def stop(epoch: int) -> None:
            if epoch >= wanted:
                raise _EpochReachedError

        # stopped by force and so never resumed: a state past the epoch would be of no use
        with contextlib.suppress(_EpochReachedError):
            train_shown(
                workspace,
                network,
                name=f"{sweep.parent.name} to epoch {wanted}",
                recipe=study_recipe(sweep.parent.network),
                normalisation=parent.blueprint.normalisation,
                seed=sweep.parent.seed,
                resumable=False,
                after_epoch=stop,
            )
    make_plain(network)
    return {key: value.detach().cpu().clone() for key, value in network.state_dict().items()}
