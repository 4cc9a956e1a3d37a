"""A network of fewer channels from its saved weights."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.errors import InputError
from core.vision.shared_tensors import materialise, with_all_names


def resize_like(network: nn.Module, state_dict: Mapping[str, Tensor]) -> None:
    """Give a dense network the shapes and the weights of its structurally pruned form, in place.

    Args:
        network: as it was before filters were removed, freshly built.
        state_dict: of the network of fewer channels; a tensor of several names under any of them.

    Raises:
        InputError: the weights are of another network, or a shape that no removal of channels
            leads to.
    """
    materialise(network, state_dict)
    own = network.state_dict()
    state_dict = with_all_names(state_dict, own)
    if set(own) != set(state_dict):
        raise InputError(
            f"expected weights of {type(network).__name__}, found "
            f"{', '.join(sorted(set(state_dict) - set(own))) or 'nothing more'} and missed "
            f"{', '.join(sorted(set(own) - set(state_dict))) or 'none'}"
        )
    for name, tensor in state_dict.items():
        before = tuple(own[name].shape)
        after = tuple(tensor.shape)
        if len(before) != len(after) or any(a > b for a, b in zip(after, before, strict=True)):
            raise InputError(f"expected at most the shape {before} for {name}, found {after}")
    for name, layer in network.named_modules():
        tensors = dict(layer.named_parameters(recurse=False)) | dict(
            layer.named_buffers(recurse=False)
        )
        shapes = {key: state_dict[f"{name}.{key}" if name else key].shape for key in tensors}
        if any(tensor.shape != shapes[key] for key, tensor in tensors.items()):
            _resize(layer, name, shapes)
            for key, tensor in tensors.items():
                resized = torch.empty(shapes[key], dtype=tensor.dtype, device=tensor.device)
                is_weight = isinstance(tensor, nn.Parameter)
                setattr(layer, key, nn.Parameter(resized) if is_weight else resized)
    network.load_state_dict(state_dict)


def _resize(layer: nn.Module, name: str, shapes: Mapping[str, torch.Size]) -> None:
    """Write the new sizes where the layer keeps them."""
    shape = shapes["weight"] if "weight" in shapes else torch.Size()
    if isinstance(layer, nn.Conv2d):
        if layer.groups == layer.in_channels > 1:  # depthwise: a group a channel
            layer.groups = shape[0] // (layer.out_channels // layer.in_channels)
        layer.out_channels = shape[0]
        layer.in_channels = shape[1] * layer.groups
    elif isinstance(layer, nn.Linear):
        layer.out_features, layer.in_features = shape[0], shape[1]
    elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        layer.num_features = shapes["running_mean" if "running_mean" in shapes else "weight"][0]
    elif isinstance(layer, nn.GroupNorm):
        layer.num_channels = shape[0]
    elif isinstance(layer, nn.LayerNorm):
        layer.normalized_shape = tuple(shape)
    else:
        raise InputError(
            f"expected only layers that can lose channels to differ in shape, found "
            f"{type(layer).__name__} {name}"
        )
