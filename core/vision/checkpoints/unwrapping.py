"""The tensors inside what training scripts save: layouts and prefixes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from core.errors import InputError

Tensors = dict[str, torch.Tensor]

# tried in this order; averaged weights are the ones that their authors evaluate
WRAPPERS = (
    "state_dict_ema",
    "model_ema",
    "ema_state_dict",
    "ema",
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "network",
    "weights",
    "params",
    "full_state_dict",
    "best",
    "last",
)
# what wrappers of networks put before every name
PREFIXES = (
    "module.",
    "_orig_mod.",
    "_fsdp_wrapped_module.",
    "model.",
    "net.",
    "network.",
)
DEEPEST = 4


@dataclass(frozen=True)
class Layout:
    """One set of tensors in a checkpoint.

    Attributes:
        tensors: by the names in the file.
        path: the keys that lead to them; empty where they lie plainly.
        notes: sentences on what else was there.
    """

    tensors: Tensors
    path: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """For people: 'plain', 'state_dict', 'state_dict > model'."""
        return " > ".join(self.path) or "plain"


def unwrap(content: Any, *, source: str, key: str | None = None) -> list[Layout]:
    """Every set of tensors in what was read, the one to prefer first.

    Args:
        content: of the file.
        source: the file's name, for the sentence.
        key: where the tensors are, such as "ema" or "state_dict.model"; else WRAPPERS are tried in
            their order, then whatever else holds tensors.

    Raises:
        InputError: no tensors, or nothing under `key`; the sentence says what was found.
    """
    path: tuple[str, ...] = ()
    masks = _schedulers_masks(content)
    if key is not None:
        content, path = _at(content, key, source=source), tuple(key.split("."))
    found = list(_layouts(content, path, DEEPEST))
    if not found:
        raise InputError(
            f"expected tensors by name in {source}, plainly or below one of "
            f"{', '.join(WRAPPERS)}; found {_described(content)}"
        )
    if masks:
        found = [_with_masks(layout, masks) for layout in found]
    first, *others = found
    if others:
        names = ", ".join(other.name for other in others)
        first = replace(first, notes=(*first.notes, f"took {first.name}, not {names}"))
    return [first, *others]


def _layouts(content: Any, path: tuple[str, ...], depth: int) -> Iterator[Layout]:
    if isinstance(content, nn.Module):
        path = (*path, f"pickled {type(content).__name__}")
        content = content.state_dict()
    if not isinstance(content, Mapping) or not depth:
        return
    inner = {str(name): value for name, value in content.items() if _holds_tensors(value)}
    known = [name for name in WRAPPERS if name in inner]
    tensors = {
        str(name): value for name, value in content.items() if isinstance(value, torch.Tensor)
    }
    others = [] if tensors else [name for name in inner if not _is_of_training(name)]
    for name in dict.fromkeys((*known, *others)):
        yield from _layouts(inner[name], (*path, name), depth - 1)
    if tensors and not known:
        left = [str(name) for name in content if str(name) not in tensors]
        notes = (f"left out what is no tensor: {', '.join(left)}",) if left else ()
        yield Layout(tensors, path, notes)


def _is_of_training(name: str) -> bool:
    return any(word in name.lower() for word in ("optim", "sched", "scaler", "rng", "loss", "arg"))


def _at(content: Any, key: str, *, source: str) -> Any:
    """What stands under a key, or under keys one below the other with points between."""
    steps = [key] if isinstance(content, Mapping) and key in content else key.split(".")
    for step in steps:
        if not isinstance(content, Mapping) or step not in content:
            raise InputError(f"expected {key} in {source}, found {_described(content)}")
        content = content[step]
    return content


def _schedulers_masks(content: Any) -> Tensors:
    """Masks that distiller keeps with its schedule, by the name of the weight."""
    schedule = content.get("compression_sched") if isinstance(content, Mapping) else None
    masks = schedule.get("masks_dict") if isinstance(schedule, Mapping) else None
    if not isinstance(masks, Mapping):
        return {}
    return {str(n): mask for n, mask in masks.items() if isinstance(mask, torch.Tensor)}


def _with_masks(layout: Layout, masks: Tensors) -> Layout:
    """The layout with a `..._mask` beside each weight that has one."""
    plain = {_without_module(name): name for name in layout.tensors}
    beside = {
        f"{plain[_without_module(name)]}_mask": mask
        for name, mask in masks.items()
        if _without_module(name) in plain
    }
    return replace(layout, tensors={**layout.tensors, **beside})


def _without_module(name: str) -> str:
    return ".".join(part for part in name.split(".") if part != "module")


def strip_prefixes(names: list[str]) -> str:
    """The longest chain of PREFIXES that every name begins with ('' if there is none)."""
    stripped = ""
    while names:
        prefix = next(
            (p for p in PREFIXES if all(n.startswith(p) and len(n) > len(p) for n in names)), None
        )
        if prefix is None:
            break
        stripped += prefix
        names = [name.removeprefix(prefix) for name in names]
    return stripped


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, nn.Module):
        return True
    return isinstance(value, Mapping) and any(
        isinstance(inner, torch.Tensor) or _holds_tensors(inner) for inner in value.values()
    )


def _described(content: Any) -> str:
    if isinstance(content, Mapping):
        keys = ", ".join(str(key) for key in content)
        return f"a dictionary of {keys}" if keys else "an empty dictionary"
    return f"an object of type {type(content).__name__}"
