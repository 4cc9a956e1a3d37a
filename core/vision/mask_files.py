"""Masks that another tool made, read from a file and held against the network that they are for."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from core.errors import InputError
from core.vision.masks import Masks, kept_count, prunable_weights

RATIO_TOLERANCE = 0.005  # a ratio is written to two digits
_TORCH_SUFFIX = "_mask"  # of torch.nn.utils.prune
_UNREADABLE = (OSError, ValueError, EOFError, zipfile.BadZipFile, SafetensorError)


def read_masks(path: Path) -> Masks:
    """The masks of a .npz or .safetensors file: parameter name -> bool tensor.

    Values are booleans or the numbers 0 and 1, 1 where a weight is kept. A name may end in `_mask`,
    as buffers of torch.nn.utils.prune do.

    Raises:
        InputError: no such file, one of another kind, or an array of other values.
    """
    if not path.is_file():
        raise InputError(f"{path}: expected a file of masks, found none")
    if path.suffix not in (".npz", ".safetensors"):
        raise InputError(f"{path}: expected masks as .npz or .safetensors, found {path.name}")
    try:
        arrays: Mapping[str, Any]
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        else:
            arrays = load_file(path)
        masks = {name.removesuffix(_TORCH_SUFFIX): _as_mask(a) for name, a in arrays.items()}
    except _UNREADABLE as error:
        raise InputError(f"{path}: expected a whole file of arrays, found: {error}") from error
    for name, mask in masks.items():
        if mask is None:
            raise InputError(f"{path}: expected only 0 and 1 in the mask of {name}, found others")
    if not masks:
        raise InputError(f"{path}: expected masks by parameter name, found none")
    return {name: mask for name, mask in masks.items() if mask is not None}


def _as_mask(values: Any) -> Tensor | None:
    """A bool tensor; None where there is another value than 0 and 1."""
    tensor = torch.as_tensor(values)
    mask = tensor != 0
    return mask if bool((tensor == mask).all()) else None


def check_masks(
    masks: Mapping[str, Tensor],
    network: nn.Module,
    *,
    include_classifier: bool = True,
    ratio: float | None = None,
) -> Masks:
    """The masks in network order, once they are found to be those of all its prunable weights.

    Args:
        masks: parameter name -> what is kept.
        network: the dense network.
        include_classifier: whether the last layer is to have a mask.
        ratio: the share that they are said to remove, to half a percentage point.

    Raises:
        InputError: a mask for what has none, one of another shape, a layer without its mask, masks
            that remove nothing, or another share.
    """
    weights = prunable_weights(network, include_classifier=include_classifier)
    every = prunable_weights(network)
    for name, mask in masks.items():
        if name in every and name not in weights:
            raise InputError(
                f"expected no mask of the classifier {name} with include_classifier = false, "
                "found one"
            )
        if name not in weights:
            raise InputError(
                f"expected masks of prunable weights ({', '.join(weights)}), found one of {name!r}"
            )
        if mask.shape != weights[name].shape:
            raise InputError(
                f"expected a mask of shape {tuple(weights[name].shape)} for {name}, found "
                f"{tuple(mask.shape)}"
            )
    for name in weights:
        if name not in masks:
            raise InputError(
                f"expected a mask for every prunable weight (ones where a layer stays dense), "
                f"found none for {name}"
            )
    total = sum(weight.numel() for weight in weights.values())
    removed = total - kept_count(masks)
    if removed == 0:
        raise InputError("expected masks that remove weights, found masks that keep all")
    if ratio is not None and abs(removed / total - ratio) > RATIO_TOLERANCE:
        raise InputError(
            f"expected masks that remove {ratio:g} of the {total:,} prunable weights, found "
            f"{removed / total:.4f} ({removed:,}); do they have 1 where a weight is kept?"
        )
    return {name: masks[name] for name in weights}
