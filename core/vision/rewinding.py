"""Lottery tickets: iterative magnitude pruning with rewinding (Frankle et al. 2020)."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from core.errors import InputError
from core.vision.masks import Masks, Scope, apply_masks, masks_from_scores, prunable_weights
from core.vision.pruning import Pruned

Train = Callable[[nn.Module, Masks], None]


def geometric_ratios(ratio: float, rounds: int) -> tuple[float, ...]:
    """The ratios of rounds that each remove the same share of what is left, the last `ratio`.

    Raises:
        InputError: no round, or a ratio outside 0..1 or of 1 itself, which no share leads to.
    """
    if rounds < 1 or not 0.0 <= ratio < 1.0:
        raise InputError(
            f"expected at least 1 round and a ratio from 0 to below 1, found {rounds} and {ratio}"
        )
    return (*(1 - (1 - ratio) ** (done / rounds) for done in range(1, rounds)), ratio)


def prune_further(
    network: nn.Module, masks: Mapping[str, Tensor], ratio: float, *, scope: Scope = "global"
) -> Masks:
    """Remove the smallest kept weights until `ratio` of all prunable weights is gone.

    Args:
        network: trained under `masks`; not changed.
        masks: kept so far; their names are what is prunable, and what is removed stays removed.
        ratio: fraction of the prunable weights to be gone afterwards.
        scope: as in `masks_from_scores`.
    """
    weights = prunable_weights(network)
    magnitudes = {
        name: torch.where(mask, weights[name].detach().abs(), -1.0) for name, mask in masks.items()
    }
    further = masks_from_scores(magnitudes, ratio, scope=scope)
    return {name: further[name] & mask for name, mask in masks.items()}


def rewind(
    network: nn.Module, early_weights: Mapping[str, Tensor], masks: Mapping[str, Tensor]
) -> None:
    """Set `network` back to an early state dict, statistics included, under `masks`; in place."""
    network.load_state_dict(early_weights)
    apply_masks(network, masks)


def iterative_magnitude(
    network: nn.Module,
    masks: Masks,
    *,
    ratios: Sequence[float],
    early_weights: Mapping[str, Tensor],
    train: Train,
    scope: Scope = "global",
) -> Iterator[Pruned]:
    """Prune by magnitude, rewind, train; again for each ratio; yield every round's network.

    A caller that stops after any round can go on from what that round yielded.

    Args:
        network: trained, dense or of an earlier round; not changed.
        masks: what it keeps; `full_masks` for a dense one.
        ratios: rising fractions of the prunable weights to be gone after each round.
        early_weights: state dict of the same network early in training (or at initialisation).
        train: trains the network in place under the masks.
        scope: as in `masks_from_scores`.

    Raises:
        InputError: the ratios do not rise.
    """
    if any(after <= before for before, after in itertools.pairwise(ratios)):
        raise InputError(f"expected rising ratios for the rounds, found {list(ratios)}")
    network = copy.deepcopy(network)
    for done, ratio in enumerate(ratios, start=1):
        masks = prune_further(network, masks, ratio, scope=scope)
        rewind(network, early_weights, masks)
        train(network, masks)
        yield Pruned(copy.deepcopy(network), dict(masks), ratio, {"round": done})
