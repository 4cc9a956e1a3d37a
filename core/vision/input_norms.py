"""Norms of what each weight of a layer is multiplied with, over training images."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from core.vision.gradients import in_order


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
    totals = {
        name: torch.zeros_like(weight[:1] if _groups(layer) == 1 else weight, dtype=torch.float64)
        for layer in layers
        for name, weight in [(names[id(layer.weight)], layer.weight.detach())]
    }
    batch = threading.local()  # several run side by side

    def note(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        name = names[id(layer.weight)]
        batch.sums[name] = batch.sums.get(name, 0) + _squares(layer, inputs[0].detach())

    def of_batch(images: Tensor, _labels: Tensor) -> dict[str, Tensor]:
        batch.sums = {}
        with torch.no_grad():
            network(images)
        found: dict[str, Tensor] = batch.sums
        return found

    modes = {module: module.training for module in network.modules()}
    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
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


def _squares(layer: nn.Module, inputs: Tensor) -> Tensor:
    """Sum of x² over images and places for each input: the gradient of the layer's sum on x²."""
    squares = inputs.square()
    if isinstance(layer, nn.Linear):
        return squares.flatten(0, -2).sum(0, dtype=torch.float64)
    assert isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Conv3d))
    with torch.enable_grad():
        # one output a group sees all that the group's other outputs see
        weight = torch.zeros_like(layer.weight[: layer.groups], requires_grad=True)
        (sums,) = torch.autograd.grad(layer._conv_forward(squares, weight, None).sum(), weight)
    if layer.groups == 1:
        return sums.double()
    return sums.double().repeat_interleave(layer.out_channels // layer.groups, dim=0)
