"""The tensors inside what training scripts save: layouts and prefixes."""

from __future__ import annotations

from collections.abc import Mapping
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


def unwrap(content: Any, *, source: str) -> tuple[Tensors, str, list[str]]:
    """The tensors by name, the layout they were in ('plain', 'state_dict', …), and notes.

    Raises:
        InputError: there are no tensors; the sentence names `source` and what was found.
    """
    path: list[str] = []
    notes: list[str] = []
    for _ in range(DEEPEST):
        if isinstance(content, nn.Module):
            path.append(f"pickled {type(content).__name__}")
            content = content.state_dict()
        if not isinstance(content, Mapping):
            break
        tensors = {
            str(name): value for name, value in content.items() if isinstance(value, torch.Tensor)
        }
        wrapper = next((key for key in WRAPPERS if _holds_tensors(content.get(key))), None)
        if wrapper is None:
            if not tensors:
                break
            left = [str(name) for name in content if str(name) not in tensors]
            if left:
                notes.append(f"left out what is no tensor: {', '.join(left)}")
            return tensors, " > ".join(path) or "plain", notes
        others = [key for key in WRAPPERS if key != wrapper and _holds_tensors(content.get(key))]
        if others:
            notes.append(f"took {wrapper}, not {', '.join(others)}")
        path.append(wrapper)
        content = content[wrapper]
    raise InputError(
        f"expected tensors by name in {source}, plainly or below one of {', '.join(WRAPPERS)}; "
        f"found {_described(content)}"
    )


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
