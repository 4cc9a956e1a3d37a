"""Random pruning: every weight is as likely to go as any other."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.vision.pruning import Request


@dataclass(frozen=True)
class Options:
    """Random pruning has no settings but the seed of every method."""


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Draw a uniform score for each weight, on the CPU so that every device gets the same."""
    generator = torch.Generator().manual_seed(request.seed)
    weights = request.prunable_weights(network)
    return {
        name: torch.rand(weight.shape, dtype=torch.float64, generator=generator).to(weight.device)
        for name, weight in weights.items()
    }
