"""LAMP: magnitude, scaled so that one global ranking shares itself out among the layers.

Lee, Park, Mo, Ahn & Shin 2021, "Layer-adaptive sparsity for the magnitude-based pruning" (ICLR).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.vision.masks import prunable_weights
from core.vision.pruning import Request


@dataclass(frozen=True)
class Options:
    """LAMP has no settings of its own; the publication ranks globally."""


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by w² over the sum of all w² of its layer that are not smaller.

    The largest weight of each layer scores 1, so that no layer is emptied before all are down to
    one weight. Equal weights are ordered as the masks order them, the first one as the smallest.
    """
    weights = prunable_weights(network, include_classifier=request.include_classifier)
    return {name: lamp_scores(weight.detach()) for name, weight in weights.items()}


def lamp_scores(weight: Tensor) -> Tensor:
    """The scores of one layer, shaped as its weight, float64; 0 where the weight is 0."""
    magnitudes, order = weight.flatten().abs().sort(stable=True)
    squares = magnitudes.double().square_()
    not_smaller = squares.flip(0).cumsum(0).flip(0)
    scores = torch.empty_like(squares)
    scores[order] = squares.div_(not_smaller).nan_to_num_(nan=0.0)
    return scores.view(weight.shape)
