"""Multi-prize tickets (biprop): subnetworks of random, frozen, binarised weights.

The network given only says which architecture to fill: its weights are drawn anew. So ratio 0 is
no dense baseline, accuracy need not fall with the ratio, and the paper's `prune_rate`, which is
the share KEPT, is 1 - ratio here.
"""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch
from torch import nn

from core.vision.masks import kept_count, removed_count
from core.vision.pruning import Pruned, Request, recorded_options
from core.vision.ticket import Ticket
from core.vision.ticket_settings import TicketSettings
from core.vision.training_state import read_state, write_state

SCOPES = ("global", "layerwise")
SECONDS_BETWEEN_STATES = 30.0
RECIPES = {
    # the published code's resnet18-kn-unsigned; it ranks layer by layer: scope = "layerwise"
    "biprop": {
        "epochs": 100,
        "batch_size": 256,
        "optimiser": "sgd",
        "learning_rate": 0.1,
        "momentum": 0.9,
        "weight_decay": 5e-4,
        "augmentation": "crop_flip",
        "score_init": "fan",
        "ease_epochs": 0,
        "floor_per_unit": False,
        "fan": "removed",
    }
}


@dataclass(frozen=True)
class Options(TicketSettings):
    """How the scores of a ticket are trained."""

    reads_training_data: ClassVar[bool] = True


def prune(network: nn.Module, request: Request) -> Iterator[Pruned]:
    """Train a ticket for each ratio, all from the same random weights and scores.

    With `floor_per_unit` every output unit keeps one weight at least, so the sparsity got is a
    little below the ratio where the ratio asks for more. With a resume folder a ticket that was
    interrupted goes on from its last state on disk, to the same result.

    Yields:
        Networks of the same architecture with the effective weights α · sign(W) · m folded in.
    """
    epochs = request.options.epochs
    for index, ratio in enumerate(request.ratios):
        ticket = Ticket(
            copy.deepcopy(network),
            request.training_data,
            ratio=ratio,
            scope=request.scope,
            seed=request.seed,
            include_classifier=request.include_classifier,
            classifier=request.classifier,
            settings=request.options,
        )
        state_path = _state_path(ticket, request.resume_folder)
        threads = torch.get_num_threads()
        torch.set_num_threads(request.options.threads)
        try:
            for epoch in _train(ticket, state_path):
                request.on_progress(index * epochs + epoch + 1, len(request.ratios) * epochs)
            masks, scales = ticket.fold()
        finally:
            torch.set_num_threads(threads)
        weight_count = sum(mask.numel() for mask in masks.values())
        yield Pruned(
            network=ticket.network,
            masks=masks,
            ratio=ratio,
            details={
                "options": {**recorded_options(request.options), "precision": ticket.precision},
                "kept_asked": weight_count - removed_count(ratio, weight_count),
                "kept": kept_count(masks),
                "scales": scales,
                "training_loss": ticket.last_loss,
            },
        )
        if state_path:  # whoever asked for the next ticket has this one safe
            state_path.unlink(missing_ok=True)


def _state_path(ticket: Ticket, folder: Path | None) -> Path | None:
    return folder / f"multi_prize-{ticket.identity()[:24]}.pt" if folder else None


def _train(ticket: Ticket, state_path: Path | None) -> Iterator[int]:
    """Train to the end from the state on disk, if there is one; yield each finished epoch."""
    state = read_state(state_path, identity=ticket.identity()) if state_path else None
    first_epoch = 0
    if state is not None:
        ticket.restore(state)
        first_epoch = state["epochs_done"]
    written = time.monotonic()
    for epoch in range(first_epoch, ticket.settings.epochs):
        with torch.random.fork_rng(devices=ticket.cuda_devices):
            ticket.train_epoch(epoch)
        if state_path and time.monotonic() - written > SECONDS_BETWEEN_STATES:
            header = {"identity": ticket.identity(), "epochs_done": epoch + 1}
            write_state(state_path, header | ticket.state())
            written = time.monotonic()
        yield epoch
