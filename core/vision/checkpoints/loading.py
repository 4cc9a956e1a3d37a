"""A checkpoint's weights into a network, every one of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from core.errors import InputError
from core.vision.checkpoints.foreign import ForeignCheckpoint
from core.vision.checkpoints.mask_folding import masks_from_zeros
from core.vision.checkpoints.unwrapping import Tensors
from core.vision.masks import Masks, prunable_weights

BATCH_NORM_COUNTER = "num_batches_tracked"  # absent from old checkpoints, unused in eval mode


@dataclass(frozen=True)
class LoadReport:
    """What went into the network, for people and for the study.

    Attributes:
        layout: where the tensors were in the file.
        stripped_prefix: what was taken from before every name.
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

    Where the network's own names begin with what was stripped as a prefix, it is put back. Only
    batch norm's counters may be missing.

    Raises:
        InputError: names or shapes differ; the sentence lists every one of them.
    """
    expected = network.state_dict()
    prefix, names = _matching_names(checkpoint, expected)
    weights = {f"{prefix}{name}": tensor for name, tensor in checkpoint.state_dict.items()}
    problems = _problems(weights, expected, names)
    if problems:
        raise InputError(
            f"expected in {checkpoint.path} what the network {type(network).__name__} has, found "
            f"{'; '.join(problems)}"
        )
    notes = list(checkpoint.notes)
    counters = len(expected) - len(weights)
    if counters:
        notes.append(f"left {counters} batch norm counters at zero, which the file lacks")
    types = {str(t.dtype) for n, t in weights.items() if t.dtype != expected[n].dtype}
    if types:
        notes.append(f"converted from {', '.join(sorted(types))}")
    network.load_state_dict({**expected, **weights})
    masks, source = _masks(network, {f"{prefix}{n}": m for n, m in checkpoint.masks.items()})
    total = sum(mask.numel() for mask in masks.values())
    kept = sum(int(mask.sum()) for mask in masks.values())
    return LoadReport(
        layout=checkpoint.layout,
        stripped_prefix=checkpoint.stripped_prefix.removesuffix(prefix),
        tensor_count=len(weights),
        masks=masks,
        sparsity=1 - kept / total,
        sparsity_source=source,
        notes=tuple(notes),
    )


def _matching_names(
    checkpoint: ForeignCheckpoint, expected: Mapping[str, torch.Tensor]
) -> tuple[str, set[str]]:
    """The part of the stripped prefix to put back, and the names with it."""
    parts = checkpoint.stripped_prefix.split(".")[:-1]
    best: tuple[int, str, set[str]] | None = None
    for count in range(len(parts) + 1):
        prefix = "".join(f"{part}." for part in parts[len(parts) - count :])
        names = {f"{prefix}{name}" for name in checkpoint.state_dict}
        different = len(names ^ set(expected))
        if best is None or different < best[0]:
            best = (different, prefix, names)
    assert best is not None
    return best[1], best[2]


def _problems(weights: Tensors, expected: Mapping[str, torch.Tensor], names: set[str]) -> list[str]:
    missing = [n for n in expected if n not in names and not n.endswith(BATCH_NORM_COUNTER)]
    unexpected = [name for name in weights if name not in expected]
    shapes = [
        f"{name} of {tuple(weights[name].shape)} instead of {tuple(tensor.shape)}"
        for name, tensor in expected.items()
        if name in weights and weights[name].shape != tensor.shape
    ]
    problems = []
    if missing:
        problems.append(f"{len(missing)} missing: {', '.join(missing)}")
    if unexpected:
        problems.append(f"{len(unexpected)} unexpected: {', '.join(unexpected)}")
    if shapes:
        problems.append(f"{len(shapes)} of another shape: {', '.join(shapes)}")
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
