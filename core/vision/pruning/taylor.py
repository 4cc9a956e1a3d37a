"""First-order Taylor pruning: what the loss would change by without a weight, |∂L/∂w · w|."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from core.errors import InputError
from core.vision.gradients import mean_gradients
from core.vision.pruning import Request

GRADIENTS = ("batches", "full")


@dataclass(frozen=True)
class Options:
    """Which gradient the scores are made of, and how many training images it is averaged over.

    `gradient` is "batches", the mean of single batches' absolute values, or "full", the absolute
    value of the mean over all images that are read. "batches" reads `batches` of `batch_size`
    images, in as many passes as that takes. "full" reads as many, but each training image at most
    once: from `batches` * `batch_size` of their number on, it reads exactly the training set.
    """

    gradient: str = "batches"
    batches: int = 40
    batch_size: int = 128
    reads_training_data: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.gradient not in GRADIENTS:
            raise InputError(
                f"expected gradient {' or '.join(GRADIENTS)} of taylor, found {self.gradient!r}"
            )
        if self.batches < 1 or self.batch_size < 1:
            raise InputError(
                f"expected at least 1 batch of 1 image for taylor, found {self.batches} batches "
                f"of {self.batch_size}"
            )


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by |∂L/∂w · w|, after Molchanov et al. (2019), eq. 8.

    They square and sum over a filter; here it is the absolute value of single weights. With
    "full" gradients and all training images L is the loss of the training set. The default
    takes the absolute value of each batch first and then the mean, because in a trained network
    the batches' gradients cancel: what is left of their sum says little about a weight.
    """
    options: Options = request.options
    whole = options.gradient == "full"
    training = request.training_data
    read = training.batches_of_one_pass if whole else training.batches
    count = options.batches
    if whole:
        count = min(count, -(-len(training.images) // options.batch_size))
    weights = request.prunable_weights(network)
    gradients = mean_gradients(
        network,
        weights,
        read(batch_count=count, batch_size=options.batch_size),
        absolute=not whole,
        on_batch=lambda done: request.on_progress(done, count),
    )
    return {name: weight.detach().abs() * gradients[name].abs() for name, weight in weights.items()}
