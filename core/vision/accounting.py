"""What a pruned network weighs: parameters, multiply-accumulates, sparsity by layer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from core.errors import InputError
from core.vision.masks import INPUT_PROJECTIONS, PRUNABLE_LAYERS, prunable_weights


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
    """Counts of one model; `prunable_weights`, `parameters` and `macs` are of its dense form.

    The products of attention (queries by keys, their softmax by values) are among both MACs.
    """

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
    uses, products = _uses_per_image(network, example)
    whole_uses, whole_products = uses, products
    if dense is not None:
        whole_uses, whole_products = _uses_per_image(dense, example.to(_device(dense)))
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
        macs=whole_products
        + round(sum(whole_weights[name].numel() * whole_uses[name] for name in weights)),
        macs_theoretical=products + round(sum(kept[name] * uses[name] for name in weights)),
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
    convolutions = {
        id(layer.weight)
        for layer in network.modules()
        if isinstance(layer, PRUNABLE_LAYERS) and not isinstance(layer, nn.Linear)
    }
    weights = prunable_weights(network)
    return {name: "conv" if id(w) in convolutions else "linear" for name, w in weights.items()}


def _uses_per_image(network: nn.Module, example: Tensor) -> tuple[dict[str, Fraction], int]:
    """How often one image uses each weight, and the MACs that use none.

    A layer uses its weights once for every output position, attention its projections once for
    every token. What uses none is the rest of what torch's flop counter finds in a network with
    batched products, such as those of attention.
    """
    names = {id(weight): name for name, weight in prunable_weights(network).items()}
    uses = dict.fromkeys(names.values(), Fraction(0))

    def count(layer: nn.Module, _inputs: Any, output: Tensor) -> None:
        positions = (
            math.prod(output.shape[1:-1])
            if isinstance(layer, nn.Linear)
            else math.prod(output.shape[2:])
        )
        name = names.get(id(layer.weight))
        if name is not None:  # else it is computed, and not prunable
            uses[name] += positions

    def count_attention(layer: nn.Module, inputs: Any, given: Any, _output: Any) -> None:
        assert isinstance(layer, nn.MultiheadAttention)
        tokens = [tensor.numel() // tensor.shape[-1] for tensor in attended(inputs, given)]
        if layer.in_proj_weight is not None:
            uses[names[id(layer.in_proj_weight)]] += Fraction(sum(tokens), 3)
        else:
            for key, number in zip(INPUT_PROJECTIONS[1:], tokens, strict=True):
                uses[names[id(getattr(layer, key))]] += number
        uses[names[id(layer.out_proj.weight)]] += tokens[0]

    layers = [layer for layer in network.modules() if isinstance(layer, PRUNABLE_LAYERS)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    hooks += [
        layer.register_forward_hook(count_attention, with_kwargs=True)
        for layer in network.modules()
        if isinstance(layer, nn.MultiheadAttention)
    ]
    modes = {module: module.training for module in network.modules()}
    fast_path = torch.backends.mha.get_fastpath_enabled()
    try:
        network.eval()
        torch.backends.mha.set_fastpath_enabled(False)  # else one call that no one counts
        counter = FlopCounterMode(display=False)
        with torch.inference_mode(), sdpa_kernel(SDPBackend.MATH), counter:
            network(example)
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    batched = {torch.ops.aten.bmm, torch.ops.aten.baddbmm}
    if batched.isdisjoint(counter.get_flop_counts().get("Global", {})):
        return uses, 0
    # layers may be batched products, too, so that these can't be told apart by name
    weights = prunable_weights(network)
    by_weights = sum(weights[name].numel() * number for name, number in uses.items())
    return uses, max(0, counter.get_total_flops() // 2 - round(by_weights))


def attended(inputs: Sequence[Tensor], given: Mapping[str, Any]) -> tuple[Tensor, Tensor, Tensor]:
    """Query, key and value among the arguments of an nn.MultiheadAttention."""
    named = {**dict(zip(("query", "key", "value"), inputs, strict=False)), **given}
    return named["query"], named["key"], named["value"]
