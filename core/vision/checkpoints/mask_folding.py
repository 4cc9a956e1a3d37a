"""Masks that other tools save beside the weights: applied, and kept as masks."""

from __future__ import annotations

import re

import torch

from core.errors import InputError
from core.vision.checkpoints.unwrapping import Tensors

OPEN_LTH_PREFIX = "mask_"
OPEN_LTH_DOT = "___"
_ASP = re.compile(r"(|.*\.)__(\w+?)_mma_mask")
_PARAMETRISED = re.compile(r"(|.*\.)parametrizations\.(\w+)\.0\.mask")


def fold_masks(tensors: Tensors) -> tuple[Tensors, Tensors, list[str]]:
    """Weights with their masks applied, the masks (bool, True where kept) by name, and notes.

    These habits are known: `weight_orig` with `weight_mask` (torch.nn.utils.prune), `weight` with
    `weight_mask` (shrinkbench), `module.weight` with `weight_mask` (NNI), `model.fc.weight` with
    `mask_fc___weight` (open_lth), `weight` with `__weight_mma_mask` (ASP), `weight` with a `mask`
    of zeros and ones in its shape, and `parametrizations.weight.original` with `...weight.0.mask`
    (torch.ao).
    Masks of biases are applied but not kept: biases are not prunable here. Scores of hidden
    networks (`weight` with `scores`) are left out once the weights are seen to be final.

    Raises:
        InputError: a mask with values other than 0 and 1 or of another shape than its weight, or
            scores whose mask was not saved.
    """
    weights = dict(tensors)
    masks: Tensors = {}
    notes: list[str] = []
    for mask_name in [name for name in weights if _is_mask(name)]:
        found = _weight_of(mask_name, weights)
        if found is None:
            continue
        stored, name = found
        mask, weight = weights.pop(mask_name), weights.pop(stored)
        if mask.shape != weight.shape or not bool(((mask == 0) | (mask == 1)).all()):
            raise InputError(
                f"expected a mask of 0 and 1 shaped {tuple(weight.shape)} in {mask_name}, found "
                f"{tuple(mask.shape)} with values from {float(mask.min())} to {float(mask.max())}"
            )
        kept = mask.bool()
        weights[name] = weight * kept
        if weight.ndim > 1:
            masks[name] = kept
        else:
            notes.append(f"applied {mask_name}, which is no mask of a prunable weight")
    if masks:
        notes.append(f"folded {len(masks)} masks into their weights")
    return {name: weights[name] for name in _in_order(weights, tensors)}, masks, notes


def drop_scores(weights: Tensors) -> tuple[Tensors, list[str]]:
    """The tensors without `…scores`, which hidden networks (biprop, edge-popup) train.

    Raises:
        InputError: a scored weight has more than one magnitude besides zero: it is the random
            weight, and the mask that made the network was not saved.
    """
    scored = [
        name
        for name in weights
        if name.rpartition(".")[2] == "scores" and name.removesuffix("scores") + "weight" in weights
    ]
    for name in scored:
        weight = weights[name.removesuffix("scores") + "weight"].float().abs()
        magnitudes = weight[weight > 0]
        if magnitudes.numel() and float(magnitudes.max() / magnitudes.min()) > 1.001:
            raise InputError(
                f"expected final weights beside {name}, found random weights of many magnitudes "
                "whose mask was not saved: save the effective weights instead"
            )
    kept = {name: tensor for name, tensor in weights.items() if name not in scored}
    return kept, [f"left out {len(scored)} tensors of scores"] if scored else []


def _is_mask(name: str) -> bool:
    return name.endswith("_mask") or name.startswith(OPEN_LTH_PREFIX) or name.endswith(".mask")


def _weight_of(mask_name: str, weights: Tensors) -> tuple[str, str] | None:
    """The name under which the masked weight is stored, and the name it gets."""
    asp = _ASP.fullmatch(mask_name)
    if asp:
        name = f"{asp[1]}{asp[2]}"
        return (name, name) if name in weights else None
    parametrised = _PARAMETRISED.fullmatch(mask_name)
    if parametrised:
        owner, leaf = parametrised[1], parametrised[2]
        stored = f"{owner}parametrizations.{leaf}.original"
        return (stored, f"{owner}{leaf}") if stored in weights else None
    if mask_name.endswith(".mask"):
        name = mask_name.removesuffix("mask") + "weight"
        mask = weights[mask_name]
        plain = name in weights and weights[name].shape == mask.shape
        return (name, name) if plain and bool(((mask == 0) | (mask == 1)).all()) else None
    if mask_name.endswith("_mask"):
        name = mask_name.removesuffix("_mask")
        owner, _, leaf = name.rpartition(".")
        for stored in (f"{name}_orig", name, f"{owner}.module.{leaf}"):
            if stored in weights:
                return stored, name
    name = mask_name.removeprefix(OPEN_LTH_PREFIX).replace(OPEN_LTH_DOT, ".")
    for stored in (name, f"model.{name}"):
        if mask_name.startswith(OPEN_LTH_PREFIX) and stored in weights:
            return stored, stored
    return None


def _in_order(weights: Tensors, tensors: Tensors) -> list[str]:
    """Folded weights where their originals stood."""
    place = {name: number for number, name in enumerate(tensors)}
    return sorted(weights, key=lambda name: place.get(name, place.get(f"{name}_orig", len(place))))


def masks_from_zeros(weights: Tensors) -> Tensors:
    """True where a weight is not exactly zero."""
    return {name: torch.ne(weight.detach(), 0) for name, weight in weights.items()}
