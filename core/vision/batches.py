"""How many images a network takes at once on a device."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

# Peak memory of a forward pass is about a layer's input and output, a residual and a work space.
LAYERS_HELD_AT_ONCE = 4
# On a CPU the maps should stay near the cores: with VGG16 and ResNet-18 of half width, batches of
# 64 were 16 % and 38 % faster than batches of 256.
CPU_BUDGET_BYTES = 32 << 20
# fewer than 32 would read wide linear layers, such as those of AlexNet, from memory too often
CPU_BATCHES = (32, 128)
GPU_BATCHES = (1, 4096)
GPU_SHARE = 0.5


@torch.inference_mode()
def choose_batch_size(network: nn.Module, images: torch.Tensor) -> int:
    """A power of two that suits the network and the device that both are on.

    Args:
        network: in eval mode.
        images: an input (n, 3, H, W), n >= 1, run through it once.
    """
    largest = images[:1].nbytes

    def note(_layer: nn.Module, _inputs: Any, output: Any) -> None:
        nonlocal largest
        if isinstance(output, torch.Tensor):
            largest = max(largest, output.nbytes)

    hooks = [module.register_forward_hook(note) for module in network.modules()]
    try:
        network(images[:1])
    finally:
        for hook in hooks:
            hook.remove()
    if images.device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(images.device)
        (smallest, highest), budget = GPU_BATCHES, int(free * GPU_SHARE)
    else:
        (smallest, highest), budget = CPU_BATCHES, CPU_BUDGET_BYTES
    fitting = max(1, budget // (largest * LAYERS_HELD_AT_ONCE))
    return int(min(max(1 << (fitting.bit_length() - 1), smallest), highest))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a forward pass failed for want of memory, on whichever device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
