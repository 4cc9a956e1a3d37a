"""The training images that pruning and recalibration may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.vision.datasets import ImageSet
from core.vision.networks import Normalisation, normalise


@dataclass(frozen=True)
class TrainingData:
    """The training split and how a network wants to see it; neither validation nor test images.

    `seed` fixes which images come in which order.
    """

    images: ImageSet
    normalisation: Normalisation
    seed: int = 0
    device: torch.device | str = "cpu"

    def batches(self, *, batch_count: int, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield normalised images (n, 3, H, W) and labels (n,), not augmented.

        Every batch is full unless there are fewer images than that. The images of one pass over
        the split are all different; a next pass has an order of its own.
        """
        generator = np.random.default_rng(self.seed)
        size = min(batch_size, len(self.images.labels))
        rows = np.empty(0, dtype=np.int64)
        for _ in range(batch_count):
            if len(rows) < size:
                rows = generator.permutation(len(self.images.labels))
            chosen, rows = rows[:size], rows[size:]
            yield self.read(chosen)

    def read(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """Normalised images (n, 3, H, W) and labels (n,) of some rows of the split."""
        images = normalise(self.images.images[rows], self.normalisation, self.device)
        return images, torch.from_numpy(self.images.labels[rows]).to(self.device)
