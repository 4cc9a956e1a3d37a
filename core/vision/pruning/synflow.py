"""SynFlow: pruning before training and without data, by the flow through positive weights.

Tanaka, Kunin, Yamins & Ganguli 2020, "Pruning neural networks without any data by iteratively
conserving synaptic flow" (NeurIPS), ranked globally.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from core.errors import InputError
from core.vision.masks import (
    Masks,
    full_masks,
    masks_from_scores,
    prunable_weights,
)
from core.vision.pruning import Pruned, Request, pruned_by_masks

AT_INITIALISATION = True


@dataclass(frozen=True)
class Options:
    """Each ratio is reached in `steps`, which remove the same share of what is left."""

    steps: int = 100
    reads_training_data: ClassVar[bool] = True  # for the size of an image only

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise InputError(f"expected at least 1 of steps for synflow, found {self.steps}")


def prune(network: nn.Module, request: Request) -> Iterator[Pruned]:
    """Remove the lowest scores |∂R/∂w · w| step by step, algorithm 1; R is the flow of `flow`.

    The score of a layer that is about to be emptied rises as its weights go, so that no layer is
    emptied while another could give a weight.
    """
    example, _ = next(request.training_data.batches(batch_count=1, batch_size=1))
    masks_of_ratios = (
        _masks(network, ratio, torch.ones_like(example), request) for ratio in request.ratios
    )
    return pruned_by_masks(network, masks_of_ratios, request)


def _masks(network: nn.Module, ratio: float, ones: Tensor, request: Request) -> Masks:
    steps = request.options.steps
    masks = full_masks(network, include_classifier=request.include_classifier)
    for step in range(1, steps + 1):
        reached = 1 - (1 - ratio) ** (step / steps) if step < steps else ratio
        # what is removed goes first, before weights that carry no flow
        scores = {
            name: torch.where(masks[name], score, -1.0)
            for name, score in flow_scores(network, masks, ones).items()
        }
        masks = masks_from_scores(scores, reached, scope=request.scope)
    return masks


def flow_scores(network: nn.Module, masks: Mapping[str, Tensor], ones: Tensor) -> dict[str, Tensor]:
    """|∂R/∂w · w|, float64; R is the sum of outputs for ones under the absolute values.

    All parameters and buffers are replaced by their absolute values, in eval mode, as in the
    published code, and removed weights by zero; `network` itself is not changed.

    Args:
        network: any; its sums are made by one thread.
        masks: parameter name -> what is kept; scores are of these weights.
        ones: one image of ones, (1, 3, H, W).
    """
    positive = copy.deepcopy(network).double().eval()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            for value in positive.state_dict().values():
                value.abs_()
        weights = {name: w for name, w in prunable_weights(positive).items() if name in masks}
        for name, weight in weights.items():
            weight.requires_grad_(True).data.mul_(masks[name])
        with torch.enable_grad():
            flow = positive(ones.double()).sum()
        gradients = torch.autograd.grad(flow, list(weights.values()), allow_unused=True)
    finally:
        torch.set_num_threads(threads)
    found = dict(zip(weights, gradients, strict=True))
    return {
        name: weight.detach() * (0.0 if found[name] is None else found[name])
        for name, weight in weights.items()
    }
