"""Neural collapse of one combination, whose features come once and are needed twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files import partial_path
from core.stats.neural_collapse import ClassMeans, Floats, Integers, NeuralCollapse, neural_collapse


class CollapseMeter:
    """Takes the features of a combination chunk by chunk, then measures.

    Deviations are from the means of all features, so that these wait in a file until the last one
    has come: running the network again, or keeping an (m, m) scatter, would cost far more.

    Args:
        path: of the file that features wait in, 4 bytes a number as networks give them.
        weight: (C, m) rows of the last layer.
    """

    def __init__(self, path: Path, weight: Floats) -> None:
        self._path = path
        self._weight = weight
        self._means = ClassMeans(*weight.shape)
        self._classes: list[tuple[Integers, Integers]] = []

    def add(self, features: Floats, labels: Integers, predictions: Integers) -> None:
        """Take n more features (n, m), their true classes (n,) and what is predicted (n,)."""
        self._means.add(features, labels)
        self._classes.append((labels, predictions))
        # opened for each chunk: a group of models would hold too many files open
        with self._path.open("ab") as file:
            np.save(file, features, allow_pickle=False)

    def measure(self) -> NeuralCollapse:
        """The measures over all that was taken."""
        return neural_collapse(self._means, self._chunks(), self._weight)

    def _chunks(self) -> Iterator[tuple[Floats, Integers, Integers]]:
        if not self._classes:
            return
        with self._path.open("rb") as file:
            for labels, predictions in self._classes:
                features: NDArray[np.floating[Any]] = np.load(file, allow_pickle=False)
                yield features, labels, predictions


@contextmanager
def measuring_collapse(shard: Path, weight: Floats) -> Iterator[CollapseMeter]:
    """A meter whose features wait beside a shard; their file is gone when the block ends.

    Args:
        shard: path of the combination's shard.
        weight: (C, m) rows of the last layer.
    """
    path = partial_path(shard.with_suffix(".features"))
    try:
        yield CollapseMeter(path, weight)
    finally:
        path.unlink(missing_ok=True)
