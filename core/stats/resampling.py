"""Images drawn again with replacement: how often each one is drawn, the same for all models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.stats.bootstrap import RESAMPLES

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
    rng = np.random.default_rng(seed)
    block = max(1, _AT_ONCE // images)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        drawn = rng.integers(0, images, (rows, images)) + images * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * images)
        yield counts.astype(np.float32).reshape(rows, images)


def resampled_sums(
    values: NDArray[np.floating | np.integer], *, resamples: int = RESAMPLES, seed: int = 0
) -> NDArray[np.float32]:
    """Sums over the images of each resample.

    Args:
        values: (images, columns) numbers, at least one image.
        resamples: how often the images are drawn.
        seed: of the draws.

    Returns:
        (resamples, columns).
    """
    single = values.astype(np.float32)
    blocks = drawn_counts(values.shape[0], resamples=resamples, seed=seed)
    return np.concatenate([counts @ single for counts in blocks])
