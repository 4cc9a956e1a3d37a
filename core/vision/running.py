"""A forward pass through a network that others wrote: whatever it raises is one sentence."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from core.errors import InputError, first_line
from core.vision.batches import is_out_of_memory

USUAL_SIZES = (32, 224, 28, 64, 299, 96, 128, 256, 384)


def forward(network: nn.Module, pixels: torch.Tensor) -> Any:
    """What the network gives for images (n, 3, H, W).

    Raises:
        InputError: it fails; the sentence names the layer, what it says, and an image size that
            it works with if there is one among the usual ones.
    """
    running: list[str] = []

    def enter(name: str) -> Any:
        return lambda *_: running.append(name)

    def leave(*_: Any) -> None:
        running.pop()

    hooks = []
    for name, module in network.named_modules():
        hooks.append(module.register_forward_pre_hook(enter(name), prepend=True))
        hooks.append(module.register_forward_hook(leave))
    try:
        return network(pixels)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        height, width = pixels.shape[2:]
        for hook in hooks:
            hook.remove()
        fitting = size_that_works(network, pixels, error)
        place = f" in {running[-1]}" if running and running[-1] else ""
        raise InputError(
            f"expected a network that takes images of {width}x{height} pixels, found one that "
            f"fails on them{place}: {type(error).__name__}: {first_line(error)}"
            + ("" if fitting is None else f"; set image_size = {fitting}")
        ) from error
    finally:
        for hook in hooks:
            hook.remove()


def size_that_works(
    network: nn.Module, pixels: torch.Tensor, error: BaseException | None = None
) -> int | None:
    """The first of the usual image sizes that gives one row an image, or None; in eval mode.

    A size that stands in the error itself is tried first.
    """
    own = tuple(pixels.shape[2:])
    message = "" if error is None else str(error)
    for size in sorted(USUAL_SIZES, key=lambda one: str(one) not in message):
        if (size, size) == own:
            continue
        blank = pixels.new_zeros((2, pixels.shape[1], size, size))
        try:
            with torch.no_grad():
                output = network(blank)
        except Exception:
            continue
        output = getattr(output, "logits", output)
        if not isinstance(output, torch.Tensor) or len(output) == 2:
            return size
    return None
