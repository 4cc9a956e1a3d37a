"""A trial of every network that others wrote, before anything is trained: minutes, not hours."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from core.errors import InputError, UserError, first_line
from core.store.rows import ModelRow
from core.vision.inference import EXAMPLES_CHECKED, FeatureReader
from core.vision.masks import full_masks
from core.vision.networks import Normalisation, is_built_in
from core.vision.networks.normalisation import normalise
from core.vision.pruning import prune
from core.vision.running import forward
from core.vision.time_limit import time_limit
from core.vision.training_data import TrainingData
from pipelines.progress import CONSOLE
from pipelines.study.plan import dense_models, sweeps
from pipelines.study.settings import NetworkSettings, PruningSettings
from pipelines.workspace.model_files import load_network, write_model
from pipelines.workspace.model_records import Blueprint
from pipelines.workspace.workspace import Workspace

STRUCTURED = "structured"
TRIAL_SECONDS = 300.0
TRIAL_SEED = 1
# the trial's numbers mean nothing, so the images need no measured normalisation
ANY = Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


def try_networks(workspace: Workspace, names: set[str]) -> None:
    """Run untrained copies through what the study will do with them.

    A forward pass in eval and in training mode, saving and reading back, and a structured cut for
    each table that asks for one. What the study can do without, a table of structured pruning that
    fails, is said in one sentence; it will be left out.

    Args:
        workspace: of the study.
        names: of the dense models that are to be trained.

    Raises:
        InputError: a network that cannot be trained, measured or saved.
    """
    tried: set[str] = set()
    for model in dense_models(workspace.study):
        settings = model.network
        if model.name not in names or settings.label in tried or is_built_in(settings.name):
            continue
        if settings.checkpoint is not None:
            continue
        tried.add(settings.label)
        network = _try_network(workspace, settings)
        tables = [
            sweep.settings
            for sweep in sweeps(workspace.study)
            if sweep.parent == model and sweep.settings.method == STRUCTURED
        ]
        for table in tables[:1]:
            reason = _structured_failure(workspace, settings, network, table)
            if reason:
                CONSOLE.print(
                    f"{settings.name} will be left out of structured pruning: {reason}.",
                    soft_wrap=True,
                )


def ready_to_train(network: nn.Module, workspace: Workspace) -> nn.Module:
    """The network with its shapes known: layers that wait for their first input have seen one."""
    if any(is_lazy(parameter) for parameter in network.parameters()):
        images = normalise(workspace.splits.train.images[:2], ANY)
        network.eval()
        with torch.no_grad():
            forward(network, images)
    return network


def _blueprint(workspace: Workspace, settings: NetworkSettings) -> Blueprint:
    return Blueprint(
        network=settings.name,
        class_count=len(workspace.test.class_names),
        width_multiplier=settings.width_multiplier,
        feature_width=settings.feature_width,
        normalisation=ANY,
    )


def _try_network(workspace: Workspace, settings: NetworkSettings) -> nn.Module:
    """An untrained copy that has passed; on the CPU."""
    examples = workspace.splits.train.images[:EXAMPLES_CHECKED]
    if not len(examples):
        examples = workspace.test.images[:EXAMPLES_CHECKED]
    classes = len(workspace.test.class_names)
    blueprint = _blueprint(workspace, settings)
    try:
        # another seed than it is built with to be read back: what is drawn must be saved
        network = ready_to_train(blueprint.build(seed=TRIAL_SEED), workspace)
        reader = FeatureReader(network, ANY, "cpu", examples, class_count=classes)
        if reader.form == "softmax":
            raise InputError(
                "expected a network that gives logits to train it, found one that gives their "
                "softmax: leave the softmax out, the loss has one"
            )
        _try_training(network, examples, classes)
        before = reader.read(examples)[1]
        again = _read_back(network, blueprint, workspace.image_size)
        after = FeatureReader(again, ANY, "cpu", examples).read(examples)[1]
    except UserError as error:
        raise InputError(f"{settings.name}: {error}") from error
    if not torch.allclose(before, after, rtol=1e-3, atol=1e-4):
        raise InputError(
            f"{settings.name}: expected the same logits from the network saved and read back, "
            "found others: it holds what its state dict does not"
        )
    return again


def _try_training(network: nn.Module, examples: np.ndarray, classes: int) -> None:
    """One forward and backward pass in training mode; the network's statistics stay as they are."""
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    try:
        network.train()
        logits = forward(network, normalise(examples, ANY))
        if not isinstance(logits, torch.Tensor) or logits.shape != (len(examples), classes):
            found = getattr(logits, "shape", type(logits).__name__)
            raise InputError(
                f"expected logits ({len(examples)}, {classes}) in training mode, found {found}"
            )
        labels = torch.zeros(len(examples), dtype=torch.int64)
        torch.autograd.backward(nn.functional.cross_entropy(logits, labels))
    except RuntimeError as error:
        raise InputError(
            f"expected a network that can be trained, found: {first_line(error)}"
        ) from error
    finally:
        network.load_state_dict(state)
        network.zero_grad(set_to_none=True)
        network.eval()


def _read_back(
    network: nn.Module, blueprint: Blueprint, image_size: int, dense: nn.Module | None = None
) -> nn.Module:
    with tempfile.TemporaryDirectory(prefix="prunescope-") as folder:
        record = write_model(
            Path(folder),
            network=network,
            masks={} if dense is None else full_masks(network),
            blueprint=blueprint,
            fingerprint="",
            row=ModelRow(name="trial", network=blueprint.network),
            details={},
            image_size=image_size,
            dense=dense,
        )
        return load_network(Path(folder), record)[0]


def _structured_failure(
    workspace: Workspace, settings: NetworkSettings, network: nn.Module, table: PruningSettings
) -> str | None:
    """Why an untrained copy cannot lose channels, or None if it can."""
    training = TrainingData(workspace.splits.train, ANY)
    examples = workspace.splits.train.images[:2]
    ratios = sorted({min(table.ratios), max(table.ratios)})
    options = {**table.options, "batches": 1, "batch_size": 2}
    try:
        with time_limit(TRIAL_SECONDS, what=f"a structured cut of {settings.name}"):
            cuts = prune(
                STRUCTURED,
                network,
                ratios=ratios,
                scope=table.scope,
                include_classifier=table.include_classifier,
                training=training,
                options=options,
            )
            for cut in cuts:
                blueprint = _blueprint(workspace, settings)
                again = _read_back(cut.network, blueprint, workspace.image_size, network)
                FeatureReader(again, ANY, "cpu", examples)
    except UserError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {first_line(error)}"
    return None
