"""Magnitude pruning: the smallest absolute weights go first."""

from dataclasses import dataclass

from torch import Tensor, nn

from core.vision.masks import prunable_weights
from core.vision.pruning import Request


@dataclass(frozen=True)
class Options:
    """Magnitude pruning has no settings of its own."""


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by |w|."""
    weights = prunable_weights(network, include_classifier=request.include_classifier)
    return {name: weight.detach().abs() for name, weight in weights.items()}
