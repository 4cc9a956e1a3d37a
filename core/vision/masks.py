"""Masks: which weights a pruned network keeps.

A mask is data: parameter name -> bool tensor of the weight's shape, True where
the weight is kept. Sparsity is counted from masks, never from zeros.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

from core.errors import InputError
from core.vision.layer_budgets import erdos_renyi_kernel

Masks: TypeAlias = dict[str, Tensor]
Scope = Literal["global", "layerwise", "uniform", "erk"]
SCOPES: tuple[Scope, ...] = ("global", "layerwise", "uniform", "erk")
# of attention; that of its output is a linear layer
INPUT_PROJECTIONS = ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight")
PRUNABLE_LAYERS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


def prunable_weights(
    network: nn.Module, *, include_classifier: bool = True, classifier: str | None = None
) -> dict[str, nn.Parameter]:
    """Find the weights of convolutions, linear layers and attention's projections, in order.

    Biases and batch norm are not prunable. A weight that two layers share is listed once.

    Args:
        network: any network with at least one convolution or linear layer.
        include_classifier: False leaves out the classifier.
        classifier: the layer's name; the last of these layers if it is not known.

    Raises:
        InputError: nothing is prunable.
    """
    weights: dict[str, nn.Parameter] = {}
    for name, layer in network.named_modules():
        keys = ("weight",) if isinstance(layer, PRUNABLE_LAYERS) else ()
        for key in INPUT_PROJECTIONS if isinstance(layer, nn.MultiheadAttention) else keys:
            weight = getattr(layer, key)
            known = any(weight is one for one in weights.values())
            if isinstance(weight, nn.Parameter) and not known:
                weights[f"{name}.{key}" if name else key] = weight
    if not include_classifier and weights:
        last = (
            network.get_submodule(classifier).weight if classifier else list(weights.values())[-1]
        )
        weights = {name: weight for name, weight in weights.items() if weight is not last}
    if not weights:
        raise InputError(
            f"expected a network with convolutions or linear layers to prune, found none in "
            f"{type(network).__name__}"
        )
    return weights


def full_masks(
    network: nn.Module, *, include_classifier: bool = True, classifier: str | None = None
) -> Masks:
    """Masks that keep every prunable weight; the arguments are those of `prunable_weights`."""
    weights = prunable_weights(
        network, include_classifier=include_classifier, classifier=classifier
    )
    return {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in weights.items()}


def removed_count(ratio: float, weight_count: int) -> int:
    """Number of weights that a ratio removes: ratio x count, halves rounded up.

    Raises:
        InputError: the ratio is outside 0..1.
    """
    if not 0.0 <= ratio <= 1.0:
        raise InputError(f"expected a ratio from 0 to 1, found {ratio}")
    return math.floor(ratio * weight_count + 0.5)


def masks_from_scores(
    scores: Mapping[str, Tensor],
    ratio: float,
    *,
    scope: Scope,
    protected: Mapping[str, Tensor] | None = None,
) -> Masks:
    """Remove the lowest scores: exactly `removed_count(ratio, n)` of them.

    Equal scores are removed in network order, as a stable sort would, so that ties never change
    the count and the masks of rising ratios are nested.

    Args:
        scores: parameter name -> score of every weight, shaped as the weight.
        ratio: fraction to remove, 0..1.
        scope: "global" ranks all weights together; "layerwise" removes the ratio of each layer;
            "uniform" does so, too, but leaves the first layer dense; "erk" shares what is kept out
            by `erdos_renyi_kernel`. (The last two as in Evci et al. 2020.)
        protected: True where a weight stays whatever its score. Where a ratio asks for more than
            the rest, all the rest goes.

    Raises:
        InputError: a ratio or scope that is not one, or a score that is not a number.
    """
    return next(masks_for_ratios(scores, [ratio], scope=scope, protected=protected))


def masks_for_ratios(
    scores: Mapping[str, Tensor],
    ratios: Sequence[float],
    *,
    scope: Scope,
    protected: Mapping[str, Tensor] | None = None,
) -> Iterator[Masks]:
    """Yield the masks of `masks_from_scores` for each ratio, ranking the scores only once."""
    if scope not in SCOPES:
        raise InputError(f"expected a scope of {', '.join(SCOPES)}; found {scope!r}")
    scores = {name: score.detach() for name, score in scores.items()}
    if protected is not None:
        highest = {name: torch.finfo(score.dtype).max for name, score in scores.items()}
        scores = {
            name: score.clamp(max=highest[name]).masked_fill(protected[name], torch.inf)
            for name, score in scores.items()
        }
    names_of_pools = [tuple(scores)] if scope == "global" else [(name,) for name in scores]
    shapes = [score.shape for score in scores.values()]
    removed = [_removed_by_pool(shapes, ratio, scope) for ratio in ratios]
    pools = [
        _Pool({name: scores[name] for name in names}, counts, kept_count(protected or {}, names))
        for names, counts in zip(names_of_pools, zip(*removed, strict=True), strict=bool(ratios))
    ]
    for counts in removed:
        yield {
            name: mask
            for pool, count in zip(pools, counts, strict=True)
            for name, mask in pool.masks(count).items()
        }


def _removed_by_pool(shapes: Sequence[torch.Size], ratio: float, scope: Scope) -> list[int]:
    """How many weights a ratio removes of all layers together ("global"), or of each layer."""
    sizes = [shape.numel() for shape in shapes]
    if scope == "global":
        return [removed_count(ratio, sum(sizes))]
    if scope == "erk":
        kept = erdos_renyi_kernel(shapes, sum(sizes) - removed_count(ratio, sum(sizes)))
        return [size - count for size, count in zip(sizes, kept, strict=True)]
    removed = [removed_count(ratio, size) for size in sizes]
    return [0, *removed[1:]] if scope == "uniform" else removed


class _Pool:
    """Scores that are ranked together, and the score where each of some counts cuts them."""

    def __init__(
        self, scores: Mapping[str, Tensor], removed: Sequence[int], protected_count: int
    ) -> None:
        self.scores = scores
        self.weight_count = sum(score.numel() for score in scores.values())
        self.removable = self.weight_count - protected_count
        flat = torch.cat([score.flatten() for score in scores.values()])
        if flat.numel() and torch.isnan(flat.max()):
            raise InputError(
                f"expected a number as the score of every weight, found NaN in {', '.join(scores)}"
            )
        self.cuts = _order_statistics(flat, [min(count, self.removable) for count in removed])

    def masks(self, removed: int) -> Masks:
        """Drop what lies below the cut, and of its equals the first ones up to the count."""
        removed = min(removed, self.removable)
        if removed == 0:
            return {
                name: torch.ones_like(score, dtype=torch.bool)
                for name, score in self.scores.items()
            }
        cut = self.cuts[removed]
        masks = {name: (score >= cut).contiguous() for name, score in self.scores.items()}
        ties_to_drop = removed - (self.weight_count - kept_count(masks))
        for name, score in self.scores.items():
            if ties_to_drop == 0:
                break
            ties = (score == cut).flatten().nonzero().squeeze(1)[:ties_to_drop]
            masks[name].view(-1)[ties] = False
            ties_to_drop -= ties.numel()
        return masks


def _order_statistics(flat: Tensor, ranks: Sequence[int]) -> dict[int, Tensor]:
    """Map each rank above 0 to the value of that rank, 1 being the smallest; scrambles `flat`."""
    wanted = sorted({rank for rank in ranks if rank > 0})
    if not wanted:
        return {}
    if flat.device.type != "cpu":
        flat = flat.sort().values
    elif flat.dtype in (torch.float32, torch.float64):
        flat.numpy().partition([rank - 1 for rank in wanted])
    else:  # exact and order-preserving for half, bfloat16 and integers below 2**53
        flat = flat.double()
        flat.numpy().partition([rank - 1 for rank in wanted])
    return {rank: flat[rank - 1] for rank in wanted}


def best_of_each_unit(scores: Mapping[str, Tensor]) -> Masks:
    """Mark the highest score of every output unit (index of the first axis), and no other."""
    best: Masks = {}
    for name, score in scores.items():
        rows = score.detach().flatten(1)
        best[name] = torch.zeros_like(rows, dtype=torch.bool)
        best[name].scatter_(1, rows.argmax(1, keepdim=True), True)
        best[name] = best[name].view(score.shape)
    return best


@torch.no_grad()
def apply_masks(network: nn.Module, masks: Mapping[str, Tensor]) -> None:
    """Set every removed weight of `network` to zero, in place.

    Raises:
        InputError: a mask without its parameter, or of another shape.
    """
    parameters = dict(network.named_parameters())
    for name, mask in masks.items():
        if name not in parameters:
            raise InputError(f"expected a parameter named {name} for its mask, found none")
        weight = parameters[name]
        if weight.shape != mask.shape:
            raise InputError(
                f"expected a mask of shape {tuple(weight.shape)} for {name}, "
                f"found {tuple(mask.shape)}"
            )
        weight.masked_fill_(mask.to(weight.device).logical_not(), 0.0)


def shuffle_layerwise(masks: Mapping[str, Tensor], *, seed: int) -> Masks:
    """Permute each mask at random within its layer, keeping the number of weights kept.

    The control of Su et al. 2020 ("Sanity-Checking Pruning Methods"): a method whose masks do no
    better than their shuffles has found layer proportions, not weights.
    """
    generator = torch.Generator().manual_seed(seed)
    shuffled: Masks = {}
    for name, mask in masks.items():
        order = torch.randperm(mask.numel(), generator=generator).to(mask.device)
        shuffled[name] = mask.flatten()[order].view(mask.shape)
    return shuffled


def kept_count(masks: Mapping[str, Tensor], names: Iterable[str] | None = None) -> int:
    """Count the weights that the masks keep, of some names only if given."""
    chosen = masks if names is None else [name for name in names if name in masks]
    return sum(int(masks[name].count_nonzero()) for name in chosen)
