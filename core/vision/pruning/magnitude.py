"""Magnitude pruning: the smallest absolute weights go first."""

from dataclasses import dataclass

from torch import Tensor, nn

from core.vision.pruning import Request


@dataclass(frozen=True)
class Options:
    """Magnitude pruning has no settings of its own."""


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by |w|."""
    weights = request.prunable_weights(network)
    return {name: weight.detach().abs() for name, weight in weights.items()}
