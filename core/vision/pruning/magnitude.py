"""Magnitude pruning: the smallest absolute weights go first."""

from dataclasses import dataclass, field

from torch import Tensor, nn

from core.vision.patterns import parse_pattern
from core.vision.pruning import QUIET, Request


@dataclass(frozen=True)
class Options:
    """`pattern` "N:M" keeps N of every M weights along the input axis instead of ranking them."""

    pattern: str = field(default="", metadata=QUIET)

    def __post_init__(self) -> None:
        if self.pattern:
            parse_pattern(self.pattern)


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by |w|."""
    weights = request.prunable_weights(network)
    return {name: weight.detach().abs() for name, weight in weights.items()}
