"""Fisher pruning: the loss that a weight's removal adds to second order, ½ · F · w².

Theis, Korshunova, Tejani & Huszár 2018, "Faster gaze prediction with dense networks and Fisher
pruning", eq. 8, for single weights: the diagonal of the Hessian of Optimal Brain Damage (LeCun
et al. 1990) is replaced by that of the empirical Fisher information.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from core.errors import InputError
from core.vision.gradients import mean_gradients
from core.vision.masks import prunable_weights
from core.vision.pruning import Request


@dataclass(frozen=True)
class Options:
    """`images` training images are read, one by one: each has a gradient of its own."""

    images: int = 512
    reads_training_data: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.images < 1:
            raise InputError(f"expected at least 1 of images for fisher, found {self.images}")


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by ½ · F · w², F being the mean over images of (∂L/∂w)², true labels."""
    count = request.options.images
    weights = prunable_weights(network, include_classifier=request.include_classifier)
    fisher = mean_gradients(
        network,
        weights,
        request.training_data.batches(batch_count=count, batch_size=1),
        absolute=False,
        squared=True,
        on_batch=lambda done: request.on_progress(done, count),
    )
    return {name: weight.detach().square() * fisher[name] * 0.5 for name, weight in weights.items()}
