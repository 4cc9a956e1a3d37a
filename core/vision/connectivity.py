"""Which kept weights lie on a way from the input to an output: effective sparsity.

Vysogorets & Kempe 2023, "Connectivity matters: neural network pruning through the lens of
effective sparsity" (JMLR): a weight that is kept, but whose input nothing reaches, or whose output
reaches nothing, computes as little as one that is removed.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.vision.masks import PRUNABLE_LAYERS, Masks, kept_count, prunable_weights

NORMS = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm, nn.Dropout)


def connected_weights(
    network: nn.Module, masks: Mapping[str, Tensor], example: Tensor
) -> Masks | None:
    """The kept weights through which some path leads from an input to an output.

    The network runs once with ones for kept weights and zeros for biases, norms left out and
    averages for maxima, so that all that flows is positive; what flows into a weight and what its
    output's gradient is, are both above zero exactly where there is a path.

    Args:
        network: any whose other parts hand on positive values; not changed.
        masks: parameter name -> what is kept; other weights are all taken as kept.
        example: one image, (1, 3, H, W), on the network's device; only its shape matters.

    Returns:
        Parameter name -> mask, of the names of `masks`; None for a network of which not even the
        dense form is connected this way, such as one with attention.
    """
    probe = copy.deepcopy(network).float().eval()
    weights = prunable_weights(probe)
    with torch.no_grad():
        for parameter in probe.parameters():
            parameter.zero_().requires_grad_(False)
    for layer in probe.modules():
        if isinstance(layer, PRUNABLE_LAYERS):
            layer.register_forward_hook(_reached)
        elif isinstance(layer, NORMS):
            layer.register_forward_hook(lambda _layer, inputs, _output: inputs[0])
        elif isinstance(layer, nn.MaxPool2d):
            layer.register_forward_hook(_averaged)
    dense = {name: torch.ones_like(w, dtype=torch.bool) for name, w in weights.items()}
    ones = torch.ones_like(example)
    whole = _with_paths(probe, weights, dense, ones)
    if not all(bool(mask.all()) for mask in whole.values()):
        return None
    found = _with_paths(probe, weights, {**dense, **masks}, ones)
    return {name: found[name] for name in masks}


def effective_sparsity(
    network: nn.Module, masks: Mapping[str, Tensor], example: Tensor
) -> float | None:
    """Fraction of the weights under masks that is removed or disconnected, 0..1; None as above."""
    connected = connected_weights(network, masks, example)
    if connected is None or not masks:
        return None
    total = sum(mask.numel() for mask in masks.values())
    return (total - kept_count(connected)) / total


def _with_paths(
    probe: nn.Module, weights: Mapping[str, nn.Parameter], masks: Mapping[str, Tensor], ones: Tensor
) -> Masks:
    for name, weight in weights.items():
        weight.requires_grad_(True).data.copy_(masks[name])
    with torch.enable_grad():
        output = probe(ones)
        flow = getattr(output, "logits", output).sum()
    if not flow.requires_grad:
        return {name: torch.zeros_like(mask) for name, mask in masks.items()}
    gradients = torch.autograd.grad(flow, list(weights.values()), allow_unused=True)
    return {
        name: masks[name] & (gradient > 0)
        if gradient is not None
        else torch.zeros_like(masks[name])
        for name, gradient in zip(weights, gradients, strict=True)
    }


class _AboveZero(torch.autograd.Function):
    """1 where above zero, forwards and backwards, so that no depth overflows."""

    @staticmethod
    def forward(_ctx: Any, values: Tensor) -> Tensor:
        return (values > 0).to(values.dtype)

    @staticmethod
    def backward(_ctx: Any, *gradients: Tensor) -> Tensor:
        return (gradients[0] > 0).to(gradients[0].dtype)


def _reached(_layer: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
    found: Tensor = _AboveZero.apply(output)  # type: ignore[no-untyped-call]
    return found


def _averaged(layer: nn.Module, inputs: tuple[Tensor, ...], _output: Tensor) -> Tensor:
    assert isinstance(layer, nn.MaxPool2d)
    return functional.avg_pool2d(
        inputs[0], layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode
    )
