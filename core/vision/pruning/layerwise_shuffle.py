"""Control: the layer proportions of another method's masks, at random places in each layer."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from core.errors import InputError
from core.vision.masks import shuffle_layerwise
from core.vision.pruning import (
    Pruned,
    Request,
    default_options,
    pruned_by_masks,
    ranked_masks,
    ranking_methods,
    reads_training_data,
)


@dataclass(frozen=True)
class Options:
    """`of` is the method whose masks are shuffled, its own settings at their defaults."""

    of: str = "magnitude"

    def __post_init__(self) -> None:
        if self.of not in ranking_methods():
            raise InputError(
                f"expected the option 'of' of layerwise_shuffle to be one of "
                f"{', '.join(ranking_methods())}; found {self.of!r}"
            )

    @property
    def reads_training_data(self) -> bool:
        """As the method whose masks are shuffled."""
        return reads_training_data(self.of)


def prune(network: nn.Module, request: Request) -> Iterator[Pruned]:
    """Shuffle the other method's masks within each layer."""
    of = dataclasses.replace(request, options=default_options(request.options.of))
    masks_of_ratios = ranked_masks(request.options.of, network, of)
    shuffled = (shuffle_layerwise(masks, seed=request.seed) for masks in masks_of_ratios)
    return pruned_by_masks(network, shuffled, request)
