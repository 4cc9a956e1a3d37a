"""SNIP: the weights that the loss of a network before its training depends on most.

Lee, Ajanthan & Torr 2019, "SNIP: Single-shot network pruning based on connection sensitivity"
(ICLR), ranked globally.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from core.errors import InputError
from core.vision.gradients import mean_gradients
from core.vision.masks import prunable_weights
from core.vision.pruning import Request

AT_INITIALISATION = True


@dataclass(frozen=True)
class Options:
    """The loss is that of `batches` mini-batches of `batch_size` images; the paper takes one."""

    batches: int = 1
    batch_size: int = 128
    reads_training_data: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.batches < 1 or self.batch_size < 1:
            raise InputError(
                f"expected at least 1 batch of 1 image for snip, found {self.batches} batches of "
                f"{self.batch_size}"
            )


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by |∂L/∂c|, c = 1 being a factor on it: |∂L/∂w · w|, eq. 5.

    The paper divides by the sum of all scores, which changes no rank. Batch norm stands at its
    first statistics (eval mode, as in the code of Tanaka et al. 2020).
    """
    options: Options = request.options
    weights = prunable_weights(network, include_classifier=request.include_classifier)
    gradients = mean_gradients(
        network,
        weights,
        request.training_data.batches(batch_count=options.batches, batch_size=options.batch_size),
        absolute=False,
        on_batch=lambda done: request.on_progress(done, options.batches),
    )
    return {name: (weight.detach() * gradients[name]).abs() for name, weight in weights.items()}
