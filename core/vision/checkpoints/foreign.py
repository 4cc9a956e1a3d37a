"""A checkpoint of any known layout, as weights and masks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.vision.checkpoints.files import read_object
from core.vision.checkpoints.mask_folding import drop_scores, fold_masks
from core.vision.checkpoints.unwrapping import Tensors, strip_prefixes, unwrap


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
    """

    path: Path
    state_dict: Tensors
    masks: Tensors
    layout: str
    stripped_prefix: str
    notes: tuple[str, ...]


def read_checkpoint(path: Path | str, *, trust_pickle: bool = False) -> ForeignCheckpoint:
    """Read and understand a checkpoint, without knowing its network.

    Args:
        path: of torch.save or safetensors.
        trust_pickle: allow Python objects in it, which can run any code on being read.

    Raises:
        InputError: not a checkpoint, a Git-LFS pointer, Python objects without trust, no tensors,
            or masks that are none.
    """
    path = Path(path)
    content = read_object(path, trust_pickle=trust_pickle)
    tensors, layout, notes = unwrap(content, source=str(path))
    counters = [name for name in tensors if name == "n_averaged"]
    if counters:
        tensors = {name: tensor for name, tensor in tensors.items() if name not in counters}
        notes.append("left out n_averaged: these are averaged weights")
    weights, masks, mask_notes = fold_masks(tensors)
    weights, score_notes = drop_scores(weights)
    prefix = strip_prefixes(list(weights))
    return ForeignCheckpoint(
        path=path,
        state_dict={name.removeprefix(prefix): tensor for name, tensor in weights.items()},
        masks={name.removeprefix(prefix): mask for name, mask in masks.items()},
        layout=layout,
        stripped_prefix=prefix,
        notes=(*notes, *mask_notes, *score_notes),
    )
