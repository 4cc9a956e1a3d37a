"""A checkpoint's weights into a network, every one of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from core.errors import InputError
from core.vision.checkpoints.foreign import ForeignCheckpoint
from core.vision.checkpoints.mask_folding import masks_from_zeros
from core.vision.checkpoints.matching import match_names, without_wrappers
from core.vision.checkpoints.unwrapping import Tensors
from core.vision.masks import Masks, prunable_weights
from core.vision.plain_layers import make_plain, remove_pruning_hooks
from core.vision.shared_tensors import first_names, materialise, with_all_names

NAMES_SHOWN = 6
BATCH_NORM_COUNTER = "num_batches_tracked"  # absent from old checkpoints, unused in eval mode


@dataclass(frozen=True)
class LoadReport:
    """What went into the network, for people and for the study.

    Attributes:
        layout: where the tensors were in the file.
        stripped_prefix: what was taken from before every name of the network.
        tensor_count: tensors loaded.
        masks: of every prunable weight, True where kept.
        sparsity: share of the prunable weights that is removed, 0..1.
        sparsity_source: 'masks' if the checkpoint had any, else 'zeros': exact zeros count.
        notes: sentences on what else was done or left out.
    """

    layout: str
    stripped_prefix: str
    tensor_count: int
    masks: Masks
    sparsity: float
    sparsity_source: Literal["masks", "zeros"]
    notes: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The report as lines to print."""
        return (
            f"layout: {self.layout}",
            f"prefix stripped: {self.stripped_prefix or 'none'}",
            f"tensors loaded: {self.tensor_count}",
            f"sparsity: {self.sparsity:.4f} of the prunable weights, from {self.sparsity_source}",
            *self.notes,
        )


def load_into(network: nn.Module, checkpoint: ForeignCheckpoint) -> LoadReport:
    """Load `checkpoint` into `network` strictly; a network that does not fit is left as it was.

    The names are matched whatever stands before them in the file. Every tensor of the network must
    be there but batch norm's counters and second names of a tensor. What lies beside the network's
    tensors is left out and named. Of several sets of tensors the first that fits is taken. Then the
    network's layers are made plain: pruning hooks, weight and spectral norm become the weight.

    Raises:
        InputError: names or shapes differ; the sentence lists every one of them.
    """
    remove_pruning_hooks(network)
    choices = [checkpoint, *checkpoint.others]
    fits = [_Fit.of(network, one) for one in choices]
    fit = next((fit for fit in fits if not fit.problems), None)
    if fit is None:
        raise InputError(
            f"expected in {checkpoint.path} what the network {type(network).__name__} has, found "
            f"{'; '.join(fits[0].problems)}{_other_sets(choices)}"
        )
    notes = list(fit.notes)
    if fit is not fits[0]:
        notes = [note for note in notes if not note.startswith("took ")]
        notes.append(
            f"took {fit.checkpoint.layout}, not {checkpoint.layout}, in which "
            f"{'; '.join(fits[0].problems)}; --key chooses"
        )
    materialise(network, fit.weights)
    expected = network.state_dict()
    weights = with_all_names(fit.weights, expected)
    types = {str(t.dtype) for n, t in weights.items() if t.dtype != expected[n].dtype}
    if types:
        notes.append(f"converted from {', '.join(sorted(types))}")
    network.load_state_dict({**expected, **weights})
    plain = make_plain(network)
    if plain:
        notes.append(f"made plain what a norm computes: {', '.join(plain)}")
    masks, source = _masks(network, fit.masks)
    total = sum(mask.numel() for mask in masks.values())
    kept = sum(int(mask.sum()) for mask in masks.values())
    return LoadReport(
        layout=fit.checkpoint.layout,
        stripped_prefix=fit.prefix,
        tensor_count=len(fit.weights),
        masks=masks,
        sparsity=1 - kept / total,
        sparsity_source=source,
        notes=tuple(notes),
    )


def report_of(network: nn.Module) -> LoadReport:
    """The report on a network that came with its weights; its layers are made plain."""
    plain = make_plain(network)
    masks, source = _masks(network, {})
    total = sum(mask.numel() for mask in masks.values())
    return LoadReport(
        layout="the network's own",
        stripped_prefix="",
        tensor_count=len(network.state_dict()),
        masks=masks,
        sparsity=1 - sum(int(mask.sum()) for mask in masks.values()) / total,
        sparsity_source=source,
        notes=(f"made plain what a norm computes: {', '.join(plain)}",) if plain else (),
    )


@dataclass(frozen=True)
class _Fit:
    """One set of tensors by the network's names, and what does not fit."""

    checkpoint: ForeignCheckpoint
    prefix: str
    weights: Tensors
    masks: Tensors
    problems: list[str]
    notes: list[str]

    @classmethod
    def of(cls, network: nn.Module, checkpoint: ForeignCheckpoint) -> _Fit:
        expected = network.state_dict()
        raw = checkpoint.stripped_prefix
        found = {f"{raw}{name}": tensor for name, tensor in checkpoint.state_dict.items()}
        match = match_names(found, expected)
        weights = {ours: found[theirs] for theirs, ours in match.names.items()}
        masks = {
            match.names[f"{raw}{name}"]: mask
            for name, mask in checkpoint.masks.items()
            if f"{raw}{name}" in match.names
        }
        for name, tensor in checkpoint.mask_tensors.items():
            ours = f"{raw}{name}".removeprefix(match.prefix)
            if ours in expected:
                weights[ours] = tensor
        first = first_names(expected)
        reached = {first[name] for name in weights}
        missing = [name for name in expected if name not in weights and first[name] not in reached]
        counters = [name for name in missing if name.endswith(BATCH_NORM_COUNTER)]
        missing = [name for name in missing if name not in counters]
        tracked = [name for name in match.unexpected if name.endswith(BATCH_NORM_COUNTER)]
        unexpected = [name for name in match.unexpected if name not in tracked]
        problems = _problems(weights, expected, missing, unexpected)
        if match.rivals and not problems:
            all_of_them = ", ".join(p.rstrip(".") for p in (match.prefix, *match.rivals))
            problems.append(f"several that fit: {all_of_them}")
        notes = list(checkpoint.notes)
        beside = [*match.beside, *tracked]
        if beside:
            notes.append(f"left out {len(beside)} tensors beside the network: {_some(beside)}")
        if counters:
            notes.append(f"left {len(counters)} batch norm counters at zero, which the file lacks")
        prefix = raw if without_wrappers(raw) == match.prefix else match.prefix
        return cls(checkpoint, prefix, weights, masks, problems, notes)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return shown if len(names) <= NAMES_SHOWN else f"{shown} and {len(names) - NAMES_SHOWN} more"


def _other_sets(choices: list[ForeignCheckpoint]) -> str:
    if len(choices) == 1:
        return ""
    others = ", ".join(one.layout for one in choices[1:])
    return f" (in {choices[0].layout}; there are also {others}, which do not fit either)"


def _problems(
    weights: Tensors,
    expected: Mapping[str, torch.Tensor],
    missing: list[str],
    unexpected: list[str],
) -> list[str]:
    present = {n: t for n, t in expected.items() if n in weights and not is_lazy(t)}
    shapes = [
        f"{name} of {tuple(weights[name].shape)} instead of {tuple(tensor.shape)}"
        for name, tensor in present.items()
        if weights[name].shape != tensor.shape
    ]
    whole = [
        f"{name} of {weights[name].dtype}"
        for name, tensor in present.items()
        if tensor.is_floating_point() and not weights[name].is_floating_point()
    ]
    problems = []
    if missing:
        problems.append(f"{len(missing)} missing: {', '.join(missing)}")
    if unexpected:
        problems.append(f"{len(unexpected)} unexpected: {', '.join(unexpected)}")
    if shapes:
        problems.append(f"{len(shapes)} of another shape: {', '.join(shapes)}")
    if whole:
        problems.append(f"{len(whole)} of whole numbers without their scale: {', '.join(whole)}")
    return problems


def _masks(network: nn.Module, saved: Tensors) -> tuple[Masks, Literal["masks", "zeros"]]:
    """Masks of every prunable weight: those saved, or from exact zeros where none were."""
    weights = prunable_weights(network)
    if not saved:
        return masks_from_zeros(dict(weights)), "zeros"
    return {
        name: saved.get(name, torch.ones_like(weight, dtype=torch.bool))
        for name, weight in weights.items()
    }, "masks"
