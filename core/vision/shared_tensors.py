"""Tensors that a network has under several names: tied weights, modules that are shared."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


def first_names(state_dict: Mapping[str, Tensor]) -> dict[str, str]:
    """Each name of a state dict -> the first name of the tensor that it stands for.

    Two names are one tensor if they show the same memory in the same way. A tensor without
    elements shares nothing.
    """
    seen: dict[tuple[object, ...], str] = {}
    first: dict[str, str] = {}
    for name, tensor in state_dict.items():
        first[name] = name
        if nn.parameter.is_lazy(tensor) or not tensor.numel() or tensor.layout != torch.strided:
            continue
        place = (tensor.device, tensor.data_ptr(), tensor.dtype, tuple(tensor.shape))
        first[name] = seen.setdefault((*place, tensor.stride()), name)
    return first


def saved_once(state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict with one name a tensor, and memory of its own for each."""
    saved: dict[str, Tensor] = {}
    storages: set[int] = set()
    for name, first in first_names(state_dict).items():
        if name != first:
            continue
        tensor = state_dict[name]
        storage = tensor.untyped_storage().data_ptr()
        saved[name] = tensor.clone() if storage and storage in storages else tensor
        storages.add(storage)
    return saved


def with_all_names(saved: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What was saved, under every name that the network has for it.

    Args:
        saved: tensors by name, perhaps one name of several.
        own: the network's state dict.
    """
    first = first_names(own)
    known = {first[name]: tensor for name, tensor in saved.items() if name in first}
    complete = {**saved}
    for name, root in first.items():
        if name not in complete and root in known:
            complete[name] = known[root]
    return complete


def materialise(network: nn.Module, state_dict: Mapping[str, Tensor]) -> None:
    """Give layers that wait for their first input (nn.LazyLinear) the shapes of saved weights."""
    for name, tensor in network.state_dict(keep_vars=True).items():
        if nn.parameter.is_lazy(tensor) and name in state_dict:
            tensor.materialize(state_dict[name].shape)
