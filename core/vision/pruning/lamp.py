"""LAMP: magnitude, scaled so that one global ranking shares itself out among the layers.

Lee, Park, Mo, Ahn & Shin 2021, "Layer-adaptive sparsity for the magnitude-based pruning" (ICLR).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
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
    magnitudes = weight.flatten().abs()
    order = torch.from_numpy(_stable_order(magnitudes.cpu().numpy())).to(weight.device)
    squares = magnitudes[order].double().square_()
    not_smaller = squares.flip(0).cumsum(0).flip(0)
    scores = torch.empty_like(squares)
    scores[order] = squares.div_(not_smaller).nan_to_num_(nan=0.0)
    return scores.view(weight.shape)


def _stable_order(values: NDArray[Any]) -> NDArray[np.int64]:
    """What a stable argsort of values of at least 0 gives; for float32 several times as fast.

    The bits of such float32 numbers are ordered as the numbers are, so that sorting the whole
    numbers made of bits and place is a stable sort.
    """
    if values.dtype != np.float32 or len(values) >= 1 << 32:
        return np.argsort(values, kind="stable")
    keys = values.view(np.uint32).astype(np.uint64) << np.uint64(32)
    keys |= np.arange(len(values), dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
