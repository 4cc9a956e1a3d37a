"""What a pruned network weighs: parameters, multiply-accumulates, sparsity by layer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from core.errors import InputError
from core.vision.masks import PRUNABLE_LAYERS, prunable_weights


@dataclass(frozen=True)
class LayerAccount:
    """One convolution or linear layer; `weights` are those of the dense layer, without biases."""

    name: str
    kind: Literal["conv", "linear"]
    weights: int
    kept: int

    @property
    def emptied(self) -> bool:
        """Nothing of the layer is left."""
        return self.kept == 0


@dataclass(frozen=True)
class Account:
    """Counts of one model; `prunable_weights`, `parameters` and `macs` are of its dense form."""

    prunable_weights: int
    kept: int
    parameters: int
    nonzero_parameters: int
    macs: int
    macs_theoretical: int
    layers: tuple[LayerAccount, ...]

    @property
    def sparsity(self) -> float:
        """Fraction of the prunable weights that was removed, 0..1."""
        return (self.prunable_weights - self.kept) / self.prunable_weights

    @property
    def sparsity_total(self) -> float:
        """Fraction of all parameters that was removed, 0..1."""
        return (self.parameters - self.nonzero_parameters) / self.parameters


def account(
    network: nn.Module,
    masks: Mapping[str, Tensor],
    example: Tensor,
    *,
    dense: nn.Module | None = None,
) -> Account:
    """Count what `network` keeps under `masks`.

    Args:
        network: the pruned network.
        masks: parameter name -> what is kept. Their names are what was prunable; with no masks at
            all, every convolution and linear layer was, and keeps everything.
        example: one image, (1, 3, H, W), on the network's device; only its shape matters.
        dense: the network it was cut from, where filters were really removed.

    Raises:
        InputError: a mask that fits no layer of the network, or networks of different layers.
    """
    whole = network if dense is None else dense
    weights, whole_weights = prunable_weights(network), prunable_weights(whole)
    if list(weights) != list(whole_weights):
        raise InputError(
            f"expected the layers of the dense network, {', '.join(whole_weights)}; "
            f"found {', '.join(weights)}"
        )
    for name, mask in masks.items():
        if name not in weights or weights[name].shape != mask.shape:
            found = tuple(weights[name].shape) if name in weights else "no such layer"
            raise InputError(
                f"expected a layer weight of shape {tuple(mask.shape)} for the mask of {name}, "
                f"found {found}"
            )
    kept = {
        name: int(masks[name].count_nonzero()) if name in masks else weight.numel()
        for name, weight in weights.items()
    }
    uses = _uses_per_image(network, example)
    whole_uses = uses if dense is None else _uses_per_image(dense, example.to(_device(dense)))
    kinds = _kinds(whole)
    prunable = masks or weights
    parameters = sum(parameter.numel() for parameter in whole.parameters())
    own_parameters = sum(parameter.numel() for parameter in network.parameters())
    masked_out = sum(weights[name].numel() - kept[name] for name in weights)
    return Account(
        prunable_weights=sum(whole_weights[name].numel() for name in prunable),
        kept=sum(kept[name] for name in prunable),
        parameters=parameters,
        nonzero_parameters=own_parameters - masked_out,
        macs=sum(whole_weights[name].numel() * whole_uses[name] for name in weights),
        macs_theoretical=sum(kept[name] * uses[name] for name in weights),
        layers=tuple(
            LayerAccount(
                name=name.removesuffix(".weight"),
                kind=kinds[name],
                weights=whole_weights[name].numel(),
                kept=kept[name],
            )
            for name in weights
        ),
    )


def _device(network: nn.Module) -> torch.device:
    return next(network.parameters()).device


def _kinds(network: nn.Module) -> dict[str, Literal["conv", "linear"]]:
    return {
        f"{name}.weight" if name else "weight": "linear" if isinstance(layer, nn.Linear) else "conv"
        for name, layer in network.named_modules()
        if isinstance(layer, PRUNABLE_LAYERS)
    }


def _uses_per_image(network: nn.Module, example: Tensor) -> dict[str, int]:
    """Count how often one image uses each weight of a layer: its output positions."""
    names = {id(weight): name for name, weight in prunable_weights(network).items()}
    uses = dict.fromkeys(names.values(), 0)

    def count(layer: nn.Module, _inputs: Any, output: Tensor) -> None:
        positions = (
            math.prod(output.shape[1:-1])
            if isinstance(layer, nn.Linear)
            else math.prod(output.shape[2:])
        )
        name = names.get(id(layer.weight))
        if name is not None:  # else it is computed, and not prunable
            uses[name] += positions

    layers = [layer for layer in network.modules() if isinstance(layer, PRUNABLE_LAYERS)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    modes = {module: module.training for module in network.modules()}
    try:
        network.eval()
        with torch.inference_mode():
            network(example)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    return uses
