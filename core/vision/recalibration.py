"""Batch-norm statistics estimated anew, for a network whose weights were pruned under them."""

from __future__ import annotations

import torch
from torch import nn

from core.vision.training_data import TrainingData

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


@torch.no_grad()
def recalibrate_batch_norm(
    network: nn.Module, training: TrainingData, *, batch_count: int = 50, batch_size: int = 128
) -> int:
    """Replace running means and variances by averages over training images; labels are not read.

    Only the running statistics change: dropout stays off, no weight moves, and the average over
    the batches is cumulative, without momentum. A named variant of a model, never done in silence.

    Args:
        network: changed in place, on the device of `training`.
        training: where the images come from.
        batch_count: number of batches.
        batch_size: images in each.

    Returns:
        Number of batch norms with new statistics; 0 if the network has none.
    """
    layers = [
        layer
        for layer in network.modules()
        if isinstance(layer, BATCH_NORMS) and layer.track_running_stats
    ]
    if not layers:
        return 0
    modes = {module: module.training for module in network.modules()}
    momenta = [layer.momentum for layer in layers]
    network.eval()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a cumulative average
        layer.train()
    try:
        for images, _ in training.batches(batch_count=batch_count, batch_size=batch_size):
            network(images)
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        for module, mode in modes.items():
            module.training = mode
    return len(layers)
