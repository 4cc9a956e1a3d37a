"""N:M sparsity: of every M weights along the input axis, the N of the highest score stay."""

import re
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from core.errors import InputError
from core.vision.masks import Masks


def parse_pattern(pattern: str) -> tuple[int, int]:
    """N and M of "N:M", such as "2:4": two of every four weights stay.

    Raises:
        InputError: not of that form, or N is not from 1 to below M.
    """
    found = re.fullmatch(r"([0-9]{1,4}):([0-9]{1,4})", pattern)
    if not found or not 0 < int(found[1]) < int(found[2]):
        raise InputError(
            f'expected a pattern such as "2:4", which keeps 2 of every 4 weights, found {pattern!r}'
        )
    return int(found[1]), int(found[2])


def check_pattern(pattern: str, *, ratios: Sequence[float], scope: str) -> None:
    """Whether the ratios are the one that a pattern removes, and the scope is that of its groups.

    Raises:
        InputError: they are not.
    """
    kept, group = parse_pattern(pattern)
    ratio = 1 - kept / group
    if any(abs(one - ratio) > 5e-4 for one in ratios):
        raise InputError(f"expected ratio {ratio:.4g} with pattern {pattern}, found {list(ratios)}")
    if scope != "layerwise":
        raise InputError(
            f"expected scope layerwise with pattern {pattern}, whose groups lie in single layers, "
            f"found {scope}"
        )


def pattern_masks(scores: Mapping[str, Tensor], pattern: str) -> Masks:
    """Keep exactly N of every M weights that follow one another along the input axis.

    The input axis is the second one: inputs of a linear layer, input channels of a convolution,
    whose groups each lie at one place of the kernel (as hardware and NVIDIA's ASP want them). A
    layer whose inputs M does not divide is left dense. Of equal scores the first ones are removed.

    Args:
        scores: parameter name -> score of every weight, shaped as the weight, two or more axes.
        pattern: "N:M".
    """
    kept, group = parse_pattern(pattern)
    masks: Masks = {}
    for name, score in scores.items():
        if score.shape[1] % group:
            masks[name] = torch.ones_like(score, dtype=torch.bool)
            continue
        inputs_last = score.detach().movedim(1, -1).contiguous()
        groups = inputs_last.view(-1, group)
        removed = groups.argsort(dim=1, stable=True)[:, : group - kept]
        mask = torch.ones_like(groups, dtype=torch.bool).scatter_(1, removed, value=False)
        masks[name] = mask.view(inputs_last.shape).movedim(-1, 1).contiguous()
    return masks
