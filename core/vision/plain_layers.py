"""Layers whose weight is computed made plain: masks, weight and spectral norm become the weight."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.nn.utils.spectral_norm import SpectralNorm, remove_spectral_norm
from torch.nn.utils.weight_norm import WeightNorm, remove_weight_norm


@torch.no_grad()
def make_plain(network: nn.Module) -> tuple[str, ...]:
    """Put the weight that each layer computes with in the place of what it is computed from.

    In eval mode the network gives the same output as before; training it further would no longer
    be training under the norm.

    Returns:
        Names of the layers that were changed, in network order.
    """
    training = network.training
    network.eval()  # a spectral norm moves on at every look in training mode
    changed = []
    for name, layer in network.named_modules():
        if parametrize.is_parametrized(layer):
            for tensor in list(layer.parametrizations):
                parametrize.remove_parametrizations(layer, str(tensor), leave_parametrized=True)
                _as_parameter(layer, str(tensor))
            changed.append(name)
        for hook in list(layer._forward_pre_hooks.values()):
            if isinstance(hook, WeightNorm):
                remove_weight_norm(layer, hook.name)
            elif isinstance(hook, SpectralNorm):
                remove_spectral_norm(layer, hook.name)
            else:
                continue
            changed.append(name)
    network.train(training)
    return tuple(changed) + remove_pruning_hooks(network)


def remove_pruning_hooks(network: nn.Module) -> tuple[str, ...]:
    """Apply the masks of torch.nn.utils.prune for good; names of the layers that had any."""
    changed = []
    for name, layer in network.named_modules():
        masked: list[Any] = [
            hook
            for hook in layer._forward_pre_hooks.values()
            if isinstance(hook, prune.BasePruningMethod)
        ]
        for hook in masked:
            prune.remove(layer, hook._tensor_name)  # type: ignore[no-untyped-call]
        changed += [name] * bool(masked)
    return tuple(changed)


def _as_parameter(layer: nn.Module, name: str) -> None:
    """What is left of several originals is a buffer, which would not be prunable."""
    tensor = getattr(layer, name)
    if not isinstance(tensor, nn.Parameter):
        delattr(layer, name)
        layer.register_parameter(name, nn.Parameter(tensor.detach().clone()))
