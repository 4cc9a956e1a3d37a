"""A checkpoint of any known layout, as weights and masks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.errors import InputError
from core.vision.checkpoints.exact import made_exact
from core.vision.checkpoints.files import read_object
from core.vision.checkpoints.mask_folding import drop_scores, fold_masks
from core.vision.checkpoints.unwrapping import Layout, Tensors, strip_prefixes, unwrap


@dataclass(frozen=True)
class ForeignCheckpoint:
    """What a checkpoint holds and how it was understood.

    Attributes:
        path: the file.
        state_dict: tensors by the network's own names, masks applied.
        masks: bool tensors by weight name, True where kept; empty where none were saved.
        layout: where the tensors were: 'plain', or the keys that led to them.
        stripped_prefix: what stood before every name ('' if nothing).
        notes: sentences on what else was done or left out.
        mask_tensors: the masks as they were saved, for networks that hold them themselves.
        others: what else the file holds, should this not fit a network.
    """

    path: Path
    state_dict: Tensors
    masks: Tensors
    layout: str
    stripped_prefix: str
    notes: tuple[str, ...]
    mask_tensors: Tensors = field(default_factory=dict)
    others: tuple[ForeignCheckpoint, ...] = ()


def read_checkpoint(
    path: Path | str, *, trust_pickle: bool = False, key: str | None = None
) -> ForeignCheckpoint:
    """Read and understand a checkpoint, without knowing its network.

    Args:
        path: of torch.save or safetensors, or a folder of save_pretrained.
        trust_pickle: allow Python objects in it, which can run any code on being read.
        key: which of several sets of tensors to take, such as "ema" or "state_dict.model".

    Raises:
        InputError: not a checkpoint, a Git-LFS pointer, Python objects without trust, no tensors,
            nothing under the key, or masks that are none.
    """
    path = Path(path)
    content = read_object(path, trust_pickle=trust_pickle)
    first, *others = unwrap(content, source=str(path), key=key)
    alternatives = []
    for layout in others:
        with suppress(InputError):  # what is not taken need not be understood
            alternatives.append(_understood(path, layout))
    return replace(_understood(path, first), others=tuple(alternatives))


def _understood(path: Path, layout: Layout) -> ForeignCheckpoint:
    tensors, conversions = made_exact(layout.tensors, source=str(path))
    notes = [*layout.notes, *conversions]
    if "n_averaged" in tensors:
        del tensors["n_averaged"]
        notes.append("left out n_averaged: these are averaged weights")
    weights, masks, mask_notes = fold_masks(tensors)
    weights, score_notes = drop_scores(weights)
    prefix = strip_prefixes(list(weights))
    gone = {name: tensor for name, tensor in tensors.items() if name not in weights}
    return ForeignCheckpoint(
        path=path,
        state_dict={name.removeprefix(prefix): tensor for name, tensor in weights.items()},
        masks={name.removeprefix(prefix): mask for name, mask in masks.items()},
        layout=layout.name,
        stripped_prefix=prefix,
        notes=(*notes, *mask_notes, *score_notes),
        mask_tensors={
            name.removeprefix(prefix): tensor
            for name, tensor in gone.items()
            if name.endswith("mask")
        },
    )
