"""Wanda: |w| times the norm of the weight's input, ranked within each output.

Sun, Liu, Bair & Kolter 2024, "A simple and effective pruning approach for large language models"
(ICLR), which prunes linear layers; a convolution is one over its patches.
"""

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn

from core.errors import InputError
from core.vision.input_norms import input_norms
from core.vision.masks import prunable_weights
from core.vision.patterns import parse_pattern
from core.vision.pruning import QUIET, Request


@dataclass(frozen=True)
class Options:
    """`batches` of `batch_size` training images are read; `pattern` "N:M" as for magnitude."""

    batches: int = 40
    batch_size: int = 128
    pattern: str = field(default="", metadata=QUIET)
    reads_training_data: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.batches < 1 or self.batch_size < 1:
            raise InputError(
                f"expected at least 1 batch of 1 image for wanda, found {self.batches} batches of "
                f"{self.batch_size}"
            )
        if self.pattern:
            parse_pattern(self.pattern)


def score(network: nn.Module, request: Request) -> dict[str, Tensor]:
    """Score each weight by the rank of |w| · ‖X‖₂ among the weights of its output, in 0..1.

    So every output loses the same share, whatever scope ranks the scores; to one weight, where the
    share is no whole number of them. The total is exact.
    """
    options: Options = request.options
    weights = prunable_weights(network, include_classifier=request.include_classifier)
    norms = input_norms(
        network,
        weights,
        request.training_data.batches(batch_count=options.batches, batch_size=options.batch_size),
        on_batch=lambda done: request.on_progress(done, options.batches),
    )
    return {
        name: ranks_by_output(weight.detach().abs() * norms[name].to(weight.dtype))
        for name, weight in weights.items()
    }


def ranks_by_output(scores: Tensor) -> Tensor:
    """(rank + ½) / count of each score among those of its output, float32, shaped as the scores.

    The lowest has rank 0; of equal scores the first ones are lower. Outputs are the first axis.
    """
    rows = scores.flatten(1)
    order = rows.argsort(dim=1, stable=True)
    places = (torch.arange(rows.shape[1], device=rows.device) + 0.5) / rows.shape[1]
    return torch.empty_like(rows).scatter_(1, order, places.expand_as(rows)).view(scores.shape)
