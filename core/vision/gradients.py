"""Gradients of the loss on training images, the same whatever the number of threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.vision.training_data import TrainingData

BATCHES_AT_ONCE = 4  # each holds its activations in memory


def mean_absolute_gradients(
    network: nn.Module,
    parameters: Mapping[str, nn.Parameter],
    training: TrainingData,
    *,
    batch_count: int,
    batch_size: int,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Tensor]:
    """Average |∂L/∂w| of single batches, L being the batch's mean cross entropy.

    The absolute value is of each batch: at a minimum the gradients of batches cancel, and the
    absolute value of their mean ranks noise. The network runs in eval mode, so that batch-norm
    statistics and dropout stay out of it.

    On the CPU each batch is computed by one thread and the batches are added in order, so that
    the sums round the same way on any number of threads.

    Args:
        network: on the device of `training`; its mode and buffers are as before afterwards.
        parameters: the ones to differentiate for, by name.
        training: where the images come from, and in which order.
        batch_count: number of batches.
        batch_size: images in each.
        on_progress: called with (batches done, batches in all).

    Returns:
        The parameters' names -> mean absolute gradient; zero where the loss does not depend on it.
    """
    modes = {module: module.training for module in network.modules()}
    totals = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    frozen = [parameter for parameter in parameters.values() if not parameter.requires_grad]
    network.eval()
    for parameter in frozen:
        parameter.requires_grad_(True)

    def absolute_gradients(images: Tensor, labels: Tensor) -> list[Tensor | None]:
        with torch.enable_grad():
            loss = functional.cross_entropy(network(images), labels)
            gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        return [None if gradient is None else gradient.abs_() for gradient in gradients]

    try:
        batches = training.batches(batch_count=batch_count, batch_size=batch_size)
        results = _in_order(absolute_gradients, batches, next(network.parameters()).device)
        with torch.backends.cudnn.flags(deterministic=True, benchmark=False):
            for done, gradients in enumerate(results, start=1):
                for total, gradient in zip(totals.values(), gradients, strict=True):
                    if gradient is not None:
                        total.add_(gradient)
                on_progress(done, batch_count)
    finally:
        for parameter in frozen:
            parameter.requires_grad_(False)
        for module, mode in modes.items():
            module.training = mode
    return {name: total.div_(batch_count) for name, total in totals.items()}


def _in_order(
    compute: Callable[[Tensor, Tensor], list[Tensor | None]],
    batches: Iterator[tuple[Tensor, Tensor]],
    device: torch.device,
) -> Iterator[list[Tensor | None]]:
    """Compute batches side by side, each on one thread, and yield the results in their order."""
    threads = torch.get_num_threads()
    side_by_side = min(threads, BATCHES_AT_ONCE) if device.type == "cpu" else 1
    waiting: deque[Future[list[Tensor | None]]] = deque()
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
