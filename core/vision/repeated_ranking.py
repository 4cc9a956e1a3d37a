"""Masks of scores that move a little from one call to the next, as in the training of a ticket.

What lies clearly above or below the score where the last call cut needs no ranking: only the
scores in a narrow bracket around that cut are sorted. The masks are those of a full ranking.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor, from_numpy

from core.vision.masks import (
    Masks,
    Scope,
    best_of_each_unit,
    masks_from_scores,
    removed_count,
)

FIRST_WIDTH = 0.02  # of the cut
WIDER_THAN_MOVE = 3.0  # a cut that goes on moving as fast stays in the bracket
NARROWING = 0.7


@dataclass(frozen=True)
class _Bracket:
    """Where the last ranking cut, and how far the next one may be from that."""

    cut: float
    width: float

    def around(self, cut: float) -> _Bracket:
        """The bracket after the cut has moved."""
        move = abs(cut - self.cut)
        return _Bracket(cut, max(WIDER_THAN_MOVE * move, NARROWING * self.width))


class RepeatedRanking:
    """Ranks scores call after call, all of the same shapes; with a floor every unit keeps its best.

    `ratio` may be changed between calls. On a GPU each call is a full ranking: sorting is fast
    there, and looking into a bracket waits for the device again and again.
    """

    def __init__(self, ratio: float, *, scope: Scope, floor_per_unit: bool = True) -> None:
        self.ratio = ratio
        self.scope = scope
        self.floor_per_unit = floor_per_unit
        self._brackets: dict[tuple[str, ...], _Bracket] = {}

    def masks(self, scores: Mapping[str, Tensor]) -> Masks:
        """Masks of `masks_from_scores`, bit by bit; with a floor `best_of_each_unit` is protected.

        Args:
            scores: parameter name -> score of every weight, shaped as the weight, float32 or
                float64.

        Raises:
            InputError: a score that is not a number.
        """
        pools = [tuple(scores)] if self.scope == "global" else [(name,) for name in scores]
        found: Masks = {}
        for names in pools:
            pool = {name: scores[name].detach() for name in names}
            found |= self._near_last_cut(pool) or self._anywhere(pool)
        return found

    def _anywhere(self, pool: Mapping[str, Tensor]) -> Masks:
        """A full ranking."""
        best = best_of_each_unit(pool) if self.floor_per_unit else None
        masks = masks_from_scores(pool, self.ratio, scope="global", protected=best)
        if all(score.device.type == "cpu" for score in pool.values()):
            highest = [s[~masks[name]].max() for name, s in pool.items() if not masks[name].all()]
            if highest:
                self._remember(tuple(pool), max(map(float, highest)))
        return masks

    def _remember(self, names: tuple[str, ...], cut: float) -> None:
        last = self._brackets.get(names)
        first = _Bracket(cut, FIRST_WIDTH * abs(cut))
        self._brackets[names] = last.around(cut) if last else first

    def _near_last_cut(self, pool: Mapping[str, Tensor]) -> Masks | None:
        """The masks if the cut is in the bracket; None where only a full ranking can tell."""
        bracket = self._brackets.get(tuple(pool))
        if bracket is None:
            return None
        low, high = bracket.cut - bracket.width, bracket.cut + bracket.width
        floor = self.floor_per_unit
        layers = [_Layer.split(score, low, high, floor=floor) for score in pool.values()]
        if not all(layer.is_finite for layer in layers):
            return None
        weight_count = sum(score.numel() for score in pool.values())
        unit_count = sum(len(score) for score in pool.values()) if floor else 0
        removed = min(removed_count(self.ratio, weight_count), weight_count - unit_count)
        rank = removed - sum(layer.below for layer in layers)
        candidates = np.concatenate([layer.candidates for layer in layers])
        if not 0 < rank <= len(candidates):
            return None
        cut = np.partition(candidates, rank - 1)[rank - 1]
        kept = candidates >= cut
        ties_to_drop = rank - int(np.count_nonzero(~kept))
        kept[np.flatnonzero(candidates == cut)[:ties_to_drop]] = False  # the first ones go
        self._remember(tuple(pool), float(cut))
        masks: Masks = {}
        first = 0
        for (name, score), layer in zip(pool.items(), layers, strict=True):
            last = first + len(layer.candidates)
            masks[name] = layer.mask(kept[first:last]).view(score.shape)
            first = last
        return masks


@dataclass(frozen=True)
class _Layer:
    """One layer's scores in three: above the bracket, in it, below it.

    Attributes:
        above: bool (weights,), True above the bracket.
        best: places of the best weights of those units that have none above the bracket.
        places: places in the bracket, rising, without those of `best`.
        candidates: the scores there.
        below: how many lie below the bracket, without those of `best`.
        is_finite: no unit has a score that is infinite or not a number.
    """

    above: np.ndarray
    best: np.ndarray
    places: np.ndarray
    candidates: np.ndarray
    below: int
    is_finite: bool

    @classmethod
    def split(cls, score: Tensor, low: float, high: float, *, floor: bool) -> _Layer:
        """Divide scores by the bracket low..high, both ends in it; units are the first axis.

        Without a floor, no unit's best weight is told from the others.
        """
        rows = score.flatten(1)
        values = rows.numpy().reshape(-1)
        highest = rows.amax(1).numpy()
        above, under = values > high, values < low
        places = np.flatnonzero(~(above | under))
        below = int(np.count_nonzero(under))
        best = np.flatnonzero(highest <= high) if floor else np.empty(0, dtype=np.int64)
        if len(best):
            below -= int(np.count_nonzero(highest[best] < low))
            best = best * rows.shape[1] + rows[best].argmax(1).numpy()
            places = places[np.isin(places, best, invert=True, assume_unique=True)]
        is_finite = math.isfinite(highest.sum(dtype=np.float64))
        return cls(above, best, places, values[places], below, is_finite)

    def mask(self, kept: np.ndarray) -> Tensor:
        """The layer's mask, flat, given which of the candidates are kept."""
        self.above[self.places[kept]] = True
        self.above[self.best] = True
        return from_numpy(self.above)
