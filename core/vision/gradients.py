"""Gradients of the loss on training images, the same whatever the number of threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

BATCHES_AT_ONCE = 4  # each holds its activations in memory

Result = TypeVar("Result")
_OfBatch = tuple[int, tuple[Tensor | None, ...]]  # number of images, gradient by parameter


def mean_gradients(
    network: nn.Module,
    parameters: Mapping[str, nn.Parameter],
    batches: Iterable[tuple[Tensor, Tensor]],
    *,
    absolute: bool,
    squared: bool = False,
    on_batch: Callable[[int], None] = lambda _done: None,
) -> dict[str, Tensor]:
    """Average ∂L/∂w, or the |∂L/∂w| of single batches, L being the mean cross entropy.

    Signed, it is the gradient of all images that are read, whatever batches they come in. At a
    minimum that of the training images is near zero, and its absolute value ranks what is left
    over from the cancelling; the absolute values of batches don't cancel. The network runs in
    eval mode, so that batch-norm statistics and dropout stay out of it.

    On the CPU each batch is computed by one thread and the batches are added in order, so that
    the sums round the same way on any number of threads.

    Args:
        network: on the device of the images; its mode and buffers are as before afterwards.
        parameters: the ones to differentiate for, by name.
        batches: images (n, 3, H, W) as the network takes them and labels (n,), at least one
            batch; each counts by its n.
        absolute: take each batch's absolute values before averaging.
        squared: take each batch's squares before averaging.
        on_batch: called with the number of batches done.

    Returns:
        The parameters' names -> mean; zero where the loss does not depend on it.
    """
    modes = {module: module.training for module in network.modules()}
    totals = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    frozen = [parameter for parameter in parameters.values() if not parameter.requires_grad]
    network.eval()
    for parameter in frozen:
        parameter.requires_grad_(True)

    def of_batch(images: Tensor, labels: Tensor) -> _OfBatch:
        with torch.enable_grad():
            loss = functional.cross_entropy(network(images), labels)
            gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        if absolute:
            gradients = tuple(None if one is None else one.abs_() for one in gradients)
        if squared:
            gradients = tuple(None if one is None else one.square_() for one in gradients)
        return len(labels), gradients

    first_size, weights = 0, 0.0
    try:
        results = in_order(of_batch, batches, next(network.parameters()).device)
        with torch.backends.cudnn.flags(deterministic=True, benchmark=False):
            for done, (size, gradients) in enumerate(results, start=1):
                first_size = first_size or size
                weights += size / first_size
                for total, gradient in zip(totals.values(), gradients, strict=True):
                    if gradient is not None:
                        total.add_(gradient, alpha=size / first_size)
                on_batch(done)
    finally:
        for parameter in frozen:
            parameter.requires_grad_(False)
        for module, mode in modes.items():
            module.training = mode
    return {name: total.div_(weights) for name, total in totals.items()}


def in_order(
    compute: Callable[[Tensor, Tensor], Result],
    batches: Iterable[tuple[Tensor, Tensor]],
    device: torch.device,
) -> Iterator[Result]:
    """Compute batches side by side, each on one thread, and yield the results in their order."""
    threads = torch.get_num_threads()
    side_by_side = min(threads, BATCHES_AT_ONCE) if device.type == "cpu" else 1
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(side_by_side, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            for images, labels in batches:
                waiting.append(pool.submit(compute, images, labels))
                if len(waiting) > side_by_side:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            torch.set_num_threads(threads)
