"""Training that can be stopped at any moment and gone on with, to the same weights."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from core.errors import InputError
from core.vision.datasets.image_set import ImageSet
from core.vision.networks.normalisation import Normalisation
from core.vision.precision import used_precision
from core.vision.recipe import Recipe
from core.vision.training_run import TrainingDiverged, TrainingProgress, TrainingRun
from core.vision.training_state import read_state, run_identity, write_state

__all__ = [
    "EpochRecord",
    "Recipe",
    "TrainingDiverged",
    "TrainingProgress",
    "TrainingResult",
    "train_network",
]


@dataclass(frozen=True)
class EpochRecord:
    """One finished epoch; `images_per_second` counts training alone, without validation."""

    epoch: int
    training_loss: float
    validation_loss: float | None
    validation_accuracy: float | None
    duration_seconds: float
    images_per_second: float


@dataclass(frozen=True)
class TrainingResult:
    """The 1-based epoch whose weights were kept, its validation accuracy, and all epochs.

    A network that was not trained (a recipe of no epochs) has the epoch 0.

    `precision` is the one that was used, 'float32' or 'bfloat16'.
    """

    best_epoch: int
    validation_accuracy: float | None
    history: tuple[EpochRecord, ...]
    precision: str


def train_network(
    network: nn.Module,
    *,
    train: ImageSet,
    validation: ImageSet,
    recipe: Recipe,
    normalisation: Normalisation,
    seed: int,
    device: torch.device | str = "cpu",
    resume_path: Path | None = None,
    masks: Mapping[str, torch.Tensor] | None = None,
    on_step: Callable[[TrainingProgress], None] | None = None,
    after_epoch: Callable[[int], None] | None = None,
) -> TrainingResult:
    """Train `network` in place and leave the weights of its best epoch in it, in eval mode.

    The best epoch is the one with the highest validation accuracy, the earliest of equals; with
    no validation images it is the last. After each epoch the state goes to `resume_path`; called
    again with the same arguments, the run goes on from there and ends with the same weights as
    one that was never stopped (on a GPU up to the order of its sums), and a finished run is
    only read back.

    Args:
        network: with its first weights; moved to `device`.
        train: images to learn from.
        validation: images to choose the epoch by.
        recipe: settings.
        normalisation: of the input.
        seed: of order, augmentation and dropout; torch's global generator is left as it was.
        device: where to compute.
        resume_path: file of the run's state; None keeps none.
        masks: bool tensors by parameter name, False where a weight stays zero throughout.
        on_step: called after each step (on a GPU, after every fiftieth).
        after_epoch: called with each epoch's number when it is done; the network holds that
            epoch's weights. An exception from it ends the run there.

    Raises:
        InputError: nothing to train on, a class count or mask that does not fit the network, or
            a state file that does not belong to this run.
        TrainingDiverged: the loss is not finite any more.
    """
    if not len(train):
        raise InputError("expected training images, found a data set with none")
    device = torch.device(device)
    precision = used_precision(recipe.precision, device)
    identity = run_identity(
        recipe=recipe,
        precision=precision,
        normalisation=normalisation,
        seed=seed,
        train=train,
        validation=validation,
        masks=masks,
        start=network.state_dict(),
    )
    run = TrainingRun(
        network,
        train,
        recipe=recipe,
        normalisation=normalisation,
        device=device,
        masks=masks or {},
        precision=precision,
    )
    history: list[EpochRecord] = []
    best_epoch = 0
    best_weights: dict[str, torch.Tensor] = {}
    state = read_state(resume_path, identity=identity) if resume_path else None
    if state is not None:
        history = [EpochRecord(**record) for record in state["history"]]
        best_epoch, best_weights = state["best_epoch"], state["best_weights"]
        run.restore(state)
    cuda_devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda_devices):
        for epoch in range(len(history) + 1, recipe.epochs + 1):
            started = time.perf_counter()
            previous = history[-1].validation_accuracy if history else None
            training_loss = run.train_epoch(epoch, seed, previous, on_step)
            trained_seconds = time.perf_counter() - started
            loss, accuracy = run.evaluate(validation)
            record = EpochRecord(
                epoch=epoch,
                training_loss=training_loss,
                validation_loss=loss,
                validation_accuracy=accuracy,
                duration_seconds=time.perf_counter() - started,
                images_per_second=len(train) / trained_seconds,
            )
            best_so_far = history[best_epoch - 1].validation_accuracy if best_epoch else None
            history.append(record)
            if accuracy is None or best_so_far is None or accuracy > best_so_far:
                best_epoch = epoch
                best_weights = _weights_on_cpu(network)
            if resume_path:
                write_state(
                    resume_path,
                    {
                        "identity": identity,
                        "history": [asdict(record) for record in history],
                        "best_epoch": best_epoch,
                        "best_weights": best_weights,
                        **run.state(),
                    },
                )
            if after_epoch:
                after_epoch(epoch)
    accuracy = (
        history[best_epoch - 1].validation_accuracy if history else run.evaluate(validation)[1]
    )
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    network.load_state_dict(best_weights or _weights_on_cpu(network))
    network.eval()
    return TrainingResult(
        best_epoch=best_epoch,
        validation_accuracy=accuracy,
        history=tuple(history),
        precision=precision,
    )


def _weights_on_cpu(network: nn.Module) -> dict[str, torch.Tensor]:
    return {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, tensor in network.state_dict().items()
    }
