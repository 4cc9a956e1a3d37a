"""Norms of what each weight of a layer is multiplied with, over training images."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from core.vision.accounting import attended
from core.vision.gradients import in_order
from core.vision.masks import INPUT_PROJECTIONS


def input_norms(
    network: nn.Module,
    weights: Mapping[str, nn.Parameter],
    batches: Iterable[tuple[Tensor, Tensor]],
    *,
    on_batch: Callable[[int], None] = lambda _done: None,
) -> dict[str, Tensor]:
    """The norm ‖X_j‖₂ of every input j of convolutions and linear layers, in eval mode.

    A convolution is the linear layer that it is over its patches: its inputs are the places of
    the kernel, and padding counts as zero (or as what the layer pads with).

    Args:
        network: on the device of the images; its mode and buffers are as before afterwards.
        weights: of its layers, by name.
        batches: images (n, 3, H, W) as the network takes them, with labels, which are not read.
        on_batch: called with the number of batches done.

    Returns:
        The weights' names -> norms of the weight's shape, but 1 in place of the first axis where
        all outputs see the same inputs, the number of outputs where they don't (groups); zero for
        a layer that does not run.
    """
    names = {id(weight): name for name, weight in weights.items()}
    layers: list[Any] = [
        layer for layer in network.modules() if id(getattr(layer, "weight", None)) in names
    ]
    attentions = [m for m in network.modules() if isinstance(m, nn.MultiheadAttention)]
    shadows = {layer: _without_output(layer) for layer in attentions}
    totals = {
        name: torch.zeros_like(weight[:1] if _groups(layer) == 1 else weight, dtype=torch.float64)
        for layer in layers
        for name, weight in [(names[id(layer.weight)], layer.weight.detach())]
    }
    for name, weight in weights.items():  # of attention's inputs: three may differ
        totals.setdefault(
            name,
            torch.zeros_like(
                weight if name.endswith("in_proj_weight") else weight[:1], dtype=torch.float64
            ),
        )
    batch = threading.local()  # several run side by side

    def note(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        name = names[id(layer.weight)]
        batch.sums[name] = batch.sums.get(name, 0) + _squares(layer, inputs[0].detach())

    def note_attention(layer: nn.Module, inputs: Any, given: Any) -> None:
        assert isinstance(layer, nn.MultiheadAttention)
        sums = [_tokens(tensor) for tensor in attended(inputs, given)]
        found = dict(zip(INPUT_PROJECTIONS[1:], sums, strict=True))
        if layer.in_proj_weight is not None:
            rows = layer.embed_dim
            found = {"in_proj_weight": torch.cat([one.expand(rows, -1) for one in sums])}
        for key, value in found.items():
            name = names.get(id(getattr(layer, key)))
            if name is not None:
                batch.sums[name] = batch.sums.get(name, 0) + value
        name = names.get(id(layer.out_proj.weight))
        if name is not None:
            heads, _ = shadows[layer](*inputs, **given)
            batch.sums[name] = batch.sums.get(name, 0) + _tokens(heads)

    def of_batch(images: Tensor, _labels: Tensor) -> dict[str, Tensor]:
        batch.sums = {}
        with torch.no_grad():
            network(images)
        found: dict[str, Tensor] = batch.sums
        return found

    modes = {module: module.training for module in network.modules()}
    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    hooks += [
        layer.register_forward_pre_hook(note_attention, with_kwargs=True) for layer in attentions
    ]
    network.eval()
    try:
        device = next(network.parameters()).device
        with torch.backends.cudnn.flags(deterministic=True, benchmark=False):
            for done, sums in enumerate(in_order(of_batch, batches, device), start=1):
                for name, value in sums.items():
                    totals[name] += value.view(-1, *totals[name].shape[1:])
                on_batch(done)
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes.items():
            module.training = mode
    return {name: total.sqrt_() for name, total in totals.items()}


def _groups(layer: nn.Module) -> int:
    return int(getattr(layer, "groups", 1))


def _without_output(layer: nn.MultiheadAttention) -> nn.MultiheadAttention:
    """The same attention, that gives what its output projection, which no hook sees, is given."""
    shadow = copy.deepcopy(layer).eval()
    with torch.no_grad():
        nn.init.eye_(shadow.out_proj.weight)
        if shadow.out_proj.bias is not None:
            nn.init.zeros_(shadow.out_proj.bias)
    return shadow


def _tokens(values: Tensor) -> Tensor:
    """Sum of x² over images and tokens, (inputs,)."""
    return values.detach().square().flatten(0, -2).sum(0, dtype=torch.float64)


def _squares(layer: nn.Module, inputs: Tensor) -> Tensor:
    """Sum of x² over images and places for each input: the gradient of the layer's sum on x²."""
    if isinstance(layer, nn.Linear):
        return _tokens(inputs)
    squares = inputs.square()
    assert isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Conv3d))
    with torch.enable_grad():
        # one output a group sees all that the group's other outputs see
        weight = torch.zeros_like(layer.weight[: layer.groups], requires_grad=True)
        (sums,) = torch.autograd.grad(layer._conv_forward(squares, weight, None).sum(), weight)
    if layer.groups == 1:
        return sums.double()
    return sums.double().repeat_interleave(layer.out_channels // layer.groups, dim=0)
