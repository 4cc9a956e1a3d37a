"""First-order Taylor pruning: what the loss would change by without a weight, |∂L/∂w · w|."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from core.errors import InputError
from core.vision.gradients import mean_absolute_gradients
from core.vision.masks import prunable_weights
from core.vision.pruning import Request


@dataclass(frozen=True)
class Options:
    """How many training images the scores are averaged over."""

    batches: int = 40
    batch_size: int = 128
    reads_training_data: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.batches < 1 or self.batch_size < 1:
            raise InputError(
                f"expected at least 1 batch of 1 image for taylor, found {self.batches} batches "
                f"of {self.batch_size}"
            )


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by the mean over batches of |∂L/∂w · w| (Molchanov et al. 2019, eq. 8).

    The paper squares and sums over a filter; here it is the absolute value of single weights.
    """
    weights = prunable_weights(network, include_classifier=request.include_classifier)
    gradients = mean_absolute_gradients(
        network,
        weights,
        request.training_data,
        batch_count=request.options.batches,
        batch_size=request.options.batch_size,
        on_progress=request.on_progress,
    )
    return {name: weight.detach().abs() * gradients[name] for name, weight in weights.items()}
