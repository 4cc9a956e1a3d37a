"""The smallest set of tests that ranks models as all tests together do."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import LEAST
from core.stats.resampling import resampled_sums

Floats = NDArray[np.float64]
ENOUGH = 0.95
EXHAUSTIVE_UP_TO = 5
# one image more or less is far more than what floating-point numbers are off
_TIE = 1e-9
_AT_ONCE = 2_000_000
_RESAMPLES = 200


@dataclass(frozen=True)
class RankingSubset:
    """Some tests, and how well they rank the models.

    Attributes:
        chosen: positions of the tests, rising.
        tau: Kendall's tau-b between the ranking by these and by all tests; None where either ties
            all models.
        interval: low and high of its 95 % bootstrap interval over images, of this set; None for
            fewer than LEAST images and where a resample ties all models.
        exhaustive: no smaller set reaches as much.
    """

    chosen: tuple[int, ...]
    tau: float | None
    interval: tuple[float, float] | None
    exhaustive: bool


def kendall_tau(scores: Floats, reference: Floats) -> Floats:
    """Kendall's tau-b of many rankings with one (Kendall 1945).

    Args:
        scores: (rankings, models).
        reference: (models,), or (rankings, models).

    Returns:
        (rankings,); NaN where a ranking ties all models.
    """
    first, second = np.triu_indices(scores.shape[1], k=1)
    wanted = _signs(np.atleast_2d(reference), first, second)
    found = np.empty(len(scores))
    block = max(1, _AT_ONCE // max(1, first.size))
    for start in range(0, len(scores), block):
        signs = _signs(scores[start : start + block], first, second)
        against = wanted if len(wanted) == 1 else wanted[start : start + block]
        sums = (signs * against).sum(axis=1, dtype=np.int64)
        untied = (signs != 0).sum(axis=1) * (against != 0).sum(axis=1)
        found[start : start + block] = sums / np.where(untied == 0, np.nan, np.sqrt(untied))
    return found


def smallest_ranking_subset(
    right: NDArray[np.integer], versions: NDArray[np.integer], *, enough: float = ENOUGH
) -> RankingSubset:
    """Search sets by rising size until the mean accuracy over one ranks the models well enough.

    All sets of up to EXHAUSTIVE_UP_TO tests are tried, the best one of the first size that
    suffices is returned; beyond, the best one grows by the test that helps most.

    Args:
        right: (images, models, tests) how many versions of an image are right.
        versions: (tests,) how many versions of an image a test has.
        enough: the tau that suffices.
    """
    images, models, tests = right.shape
    accuracies = right.sum(axis=0) / (versions * max(1, images))
    whole = accuracies.mean(axis=1)
    best: tuple[int, ...] = ()
    tau = float("nan")
    for size in range(1, tests + 1):
        if size <= EXHAUSTIVE_UP_TO:
            sets = list(combinations(range(tests), size))
        else:
            sets = [tuple(sorted({*best, one})) for one in range(tests) if one not in best]
        means = accuracies[:, np.array(sets)].mean(axis=2).T
        taus = kendall_tau(means, whole)
        if np.isnan(taus).all():
            continue
        place = int(np.nanargmax(taus))
        best, tau = sets[place], float(taus[place])
        if tau >= enough:
            break
    if not best:
        return RankingSubset((), None, None, exhaustive=True)
    interval = None
    if images >= LEAST:
        # means over tests, in whole numbers: the ranking needs no test by itself
        common = int(np.lcm.reduce(versions))
        weights, chosen = common // versions, list(best)
        columns = [right[:, :, chosen] @ weights[chosen], right @ weights]
        sums = resampled_sums(np.concatenate(columns, axis=1), resamples=_RESAMPLES)
        sums /= common * images
        taus = kendall_tau(sums[:, :models] / len(best), sums[:, models:] / tests)
        if not np.isnan(taus).any():
            low, high = np.percentile(taus, [2.5, 97.5])
            interval = float(low), float(high)
    return RankingSubset(best, tau, interval, exhaustive=len(best) <= EXHAUSTIVE_UP_TO)


def _signs(scores: Floats, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.int8]:
    difference = scores[:, first] - scores[:, second]
    return (difference > _TIE).astype(np.int8) - (difference < -_TIE).astype(np.int8)
