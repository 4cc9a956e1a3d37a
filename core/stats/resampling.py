"""Images drawn again with replacement: how often each one is drawn, the same for all models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import MANY, RESAMPLES

_AT_ONCE = 4_000_000


def drawn_counts(
    images: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> Iterator[NDArray[np.float32]]:
    """How often each image is drawn in each resample, a block of resamples at a time.

    A matrix product with these counts sums a resample's images for many models at once, so that
    all of them see the same images: a paired bootstrap. Sums of whole numbers up to 16 million are
    exact.

    Args:
        images: how many there are, at least one.
        resamples: how often all of them are drawn.
        seed: of the draws.

    Yields:
        (resamples of the block, images).
    """
    block = max(1, _AT_ONCE // images)
    if resamples <= block:
        # classes of one size, and views one after the other, draw the same
        yield _one_block(images, resamples, seed)
        return
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, block):
        yield _counts(rng, images, min(block, resamples - start))


@lru_cache(maxsize=1)
def _one_block(images: int, resamples: int, seed: int) -> NDArray[np.float32]:
    counts = _counts(np.random.default_rng(seed), images, resamples)
    counts.flags.writeable = False
    return counts


def _counts(rng: np.random.Generator, images: int, resamples: int) -> NDArray[np.float32]:
    """(resamples, images) how often each image is drawn."""
    drawn = rng.integers(0, images, (resamples, images)) + images * np.arange(resamples)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=resamples * images)
    return counts.astype(np.float32).reshape(resamples, images)


def resampled_sums(
    values: NDArray[np.floating | np.integer], *, resamples: int = RESAMPLES, seed: int = 0
) -> NDArray[np.float64]:
    """Sums over the images of each resample.

    Of MANY images and more, none is drawn: the sums of resamples tend to a normal distribution
    with the mean and the covariance of the bootstrap, which are known (Efron 1982, chapter 6), and
    are drawn from it. Sums of whole numbers are rounded to whole numbers, so that equal columns
    stay equal.

    Args:
        values: (images, columns) numbers, at least one image.
        resamples: how often the images are drawn.
        seed: of the resampling.

    Returns:
        (resamples, columns).
    """
    single = values.astype(np.float32)
    if values.shape[0] >= MANY:
        drawn = _normal_sums(single, resamples, seed)
        return np.rint(drawn) if np.issubdtype(values.dtype, np.integer) else drawn
    blocks = drawn_counts(values.shape[0], resamples=resamples, seed=seed)
    return np.concatenate([counts @ single for counts in blocks]).astype(np.float64)


def _normal_sums(values: NDArray[np.float32], resamples: int, seed: int) -> NDArray[np.float64]:
    images, columns = values.shape
    sums = values.sum(axis=0, dtype=np.float64)
    covariance = (values.T @ values).astype(np.float64) - np.outer(sums, sums) / images
    sizes, directions = np.linalg.eigh(covariance)
    spread = directions * np.sqrt(np.maximum(sizes, 0))
    normal = np.random.default_rng(seed).standard_normal((resamples, columns))
    return np.asarray(sums + normal @ spread.T)
