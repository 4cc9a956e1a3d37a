"""The logits in whatever a network gives: a tensor, an object, a dictionary, a tuple."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

LOGIT_NAMES = ("logits", "output", "outputs", "out", "prediction", "predictions", "pred", "scores")


def logits_of(output: Any, image_count: int, class_count: int | None = None) -> torch.Tensor | None:
    """The tensor of logits (n, C) in a network's output, or None where there is none.

    A tensor is what it is. Of several, the one that is named logits (or output, pred, ...) is
    taken, else the first; of those only with a row an image and, if the classes are known, a
    column a class.

    Args:
        output: of the network for `image_count` images.
        image_count: n.
        class_count: C, where it is known.
    """
    if isinstance(output, torch.Tensor):
        return output.flatten(1) if output.ndim > 1 else output
    named = list(_tensors(output))
    named.sort(key=lambda pair: LOGIT_NAMES.index(pair[0]) if pair[0] in LOGIT_NAMES else 99)
    for _, tensor in named:
        if tensor.ndim < 2 or len(tensor) != image_count:
            continue
        logits = tensor.flatten(1)
        wanted = logits.shape[1] if class_count is None else class_count
        if logits.shape[1] == wanted and tensor.is_floating_point():
            return logits
    return None


def _tensors(output: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """Every tensor one level down, with its name ('' in a tuple), in order."""
    if isinstance(output, Mapping):
        pairs = [(str(name), value) for name, value in output.items()]
    elif hasattr(output, "_fields"):
        pairs = list(zip(output._fields, output, strict=True))
    elif isinstance(output, tuple | list):
        pairs = [("", value) for value in output]
    elif dataclasses.is_dataclass(output) and not isinstance(output, type):
        pairs = [(field.name, getattr(output, field.name)) for field in dataclasses.fields(output)]
    else:
        pairs = list(getattr(output, "__dict__", {}).items())
        pairs += [(n, getattr(output, n)) for n in LOGIT_NAMES[:1] if hasattr(output, n)]
    yield from ((name, value) for name, value in pairs if isinstance(value, torch.Tensor))


class GivesLogits:
    """A forward hook: what the network gives becomes its logits alone, in training too."""

    def __init__(self, class_count: int) -> None:
        self.class_count = class_count

    def __call__(self, _network: nn.Module, inputs: tuple[Any, ...], output: Any) -> Any:
        """The logits alone; an output without any is left as it is."""
        if isinstance(output, torch.Tensor):
            return output
        logits = logits_of(output, len(inputs[0]), self.class_count)
        return output if logits is None else logits
