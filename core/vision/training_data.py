"""The training images that pruning and recalibration may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.vision.augmentation import Augmentation, augment
from core.vision.datasets import ImageSet
from core.vision.datasets.image_set import Rows
from core.vision.networks import Normalisation, normalise
from core.vision.networks.normalisation import normalise_tensor


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
        size = min(batch_size, len(self.images))
        rows = np.empty(0, dtype=np.int64)
        for _ in range(batch_count):
            if len(rows) < size:
                rows = generator.permutation(len(self.images))
            chosen, rows = rows[:size], rows[size:]
            yield self._read(chosen)

    def batches_of_one_pass(
        self, *, batch_count: int, batch_size: int
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield what `batches` does, but no image twice: fewer batches where all have been read.

        The last batch of all images is smaller where `batch_size` does not divide their number.
        """
        order = np.random.default_rng(self.seed).permutation(len(self.images))
        for start in range(0, min(len(order), batch_count * batch_size), batch_size):
            yield self._read(order[start : start + batch_size])

    def _read(self, rows: Rows) -> tuple[Tensor, Tensor]:
        """The images of some rows, normalised, and their labels, on the device."""
        images = normalise(self.images.images[rows], self.normalisation, self.device)
        return images, torch.from_numpy(self.images.labels[rows]).to(self.device)

    def epoch(
        self, *, batch_size: int, augmentation: Augmentation, generator: torch.Generator
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield one pass in random order, augmented; a last batch that is not full is left out.

        Order and augmentation are drawn from `generator` alone, the same on every device.
        """
        order = torch.randperm(len(self.images), generator=generator).numpy()
        size = min(batch_size, len(order))
        for step in range(self.steps_per_epoch(batch_size)):
            rows = order[step * size : (step + 1) * size]
            pixels = torch.from_numpy(np.ascontiguousarray(self.images.images[rows]))
            pixels = augment(pixels.to(self.device), augmentation, generator)
            labels = torch.from_numpy(self.images.labels[rows]).to(self.device)
            yield normalise_tensor(pixels, self.normalisation), labels

    def steps_per_epoch(self, batch_size: int) -> int:
        """Number of batches that `epoch` yields."""
        return max(len(self.images) // batch_size, 1)
