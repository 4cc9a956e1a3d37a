"""Binary subnetworks of random weights: what multi-prize tickets compute with.

Diffenderfer & Kailkhura 2021, "Multi-Prize Lottery Ticket Hypothesis" (biprop): every frozen
random weight W has a score s; the weights of the highest |s| form the mask m; the layer computes
with α · sign(W) · m.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from core.vision.masks import Masks


def random_weights(
    shapes: Mapping[str, torch.Size], *, kept_share: float, seed: int
) -> dict[str, Tensor]:
    """Draw Kaiming-normal weights for layers of which only a share is kept.

    A unit sums kept_share · fan_in products, so the variance is 2 / (kept_share · fan_in). (The
    published code multiplies by the pruned share instead, which leaves a sparse layer's outputs
    too small; behind a batch norm neither matters.)
    """
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(shape, generator=generator)
        * math.sqrt(2 / (kept_share * math.prod(shape[1:])))
        for name, shape in shapes.items()
    }


def first_scores(
    shapes: Mapping[str, torch.Size], *, seed: int, by_fan: bool = False
) -> dict[str, Tensor]:
    """Draw scores from U(±1), in every layer alike; by fan from U(±1/√fan_in), as published.

    Ranked together, the latter empty wide layers, and one learning rate moves them at different
    paces; scaled by √fan_in they do neither.
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = {name: 2 * torch.rand(shape, generator=generator) - 1 for name, shape in shapes.items()}
    if not by_fan:
        return drawn
    return {name: score / math.sqrt(math.prod(score.shape[1:])) for name, score in drawn.items()}


def signs_of(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """sign(W) as int8: these never change, and products of bytes are fast."""
    return {name: weight.sign().to(torch.int8) for name, weight in weights.items()}


@torch.no_grad()
def binarised(weight: Tensor, sign: Tensor, mask: Tensor) -> Tensor:
    """α · sign(W) · m, shaped as the weight; α is the mean |W| of what is kept, 0 of nothing.

    Args:
        weight: W.
        sign: its signs, int8.
        mask: m, bool.
    """
    kept_signs = (sign * mask.view(torch.int8)).to(weight.dtype)
    total = torch.dot(weight.flatten(), kept_signs.flatten())
    return kept_signs.mul_(total / mask.count_nonzero().clamp(min=1))


class _StraightThrough(torch.autograd.Function):
    """The effective weight; its gradient goes to the scores as if nothing had been cut."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, weight: Tensor, sign: Tensor, mask: Tensor) -> Tensor:
        ctx.save_for_backward(scores, weight)
        return binarised(weight, sign, mask)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        scores, weight = ctx.saved_tensors
        return scores.sign().mul_(weight).mul_(gradients[0]), None, None, None


def effective_weights(
    scores: Mapping[str, Tensor],
    weights: Mapping[str, Tensor],
    signs: Mapping[str, Tensor],
    masks: Masks,
) -> dict[str, Tensor]:
    """Forward α · sign(W) · m; backward ∂L/∂s = ∂L/∂w_eff · W · sign(s), dropped weights too."""
    found: dict[str, Tensor] = {}
    for name, score in scores.items():
        found[name] = _StraightThrough.apply(score, weights[name], signs[name], masks[name])  # type: ignore[no-untyped-call]
    return found


def freeze_the_rest(network: nn.Module, prunable: Mapping[str, Tensor], *, affine: bool) -> None:
    """Reset what is not a prunable weight: biases to zero, norms to their start; in place.

    Args:
        network: its norms start over, statistics included.
        prunable: the weights that scores stand for; they are frozen.
        affine: leave scale and shift of norms trainable.
    """
    norms = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    for layer in network.modules():
        if isinstance(layer, norms):
            layer.reset_parameters()
            for parameter in layer.parameters():
                parameter.requires_grad_(affine)
    for name in prunable:
        bias = getattr(network.get_submodule(name.rpartition(".")[0]), "bias", None)
        if bias is not None:
            nn.init.zeros_(bias)
    for layer in network.modules():
        if isinstance(layer, nn.MultiheadAttention) and layer.in_proj_bias is not None:
            nn.init.zeros_(layer.in_proj_bias)
