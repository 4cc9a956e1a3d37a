import numpy as np
import pytest
import torch

from core.vision.augmentation import Augmentation
from core.vision.datasets import ImageSet
from core.vision.networks import Normalisation
from core.vision.training_data import TrainingData

PLAIN = Augmentation()


class Decoded:
    """Images that are made when asked for: each has its row number as every pixel."""

    def __len__(self) -> int:
        return 200

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        chosen = np.arange(200, dtype=np.uint8)[rows]
        return np.broadcast_to(chosen[:, None, None, None], (len(chosen), 4, 4, 3)).copy()

    def describe(self) -> str:
        return "rows"


@pytest.fixture
def training() -> TrainingData:
    """The pixels, 0..199, are the rows; so are the labels modulo 4."""
    labels = np.arange(200, dtype=np.int64) % 4
    images = ImageSet(Decoded(), labels, np.arange(200), tuple("abcd"))
    return TrainingData(images, Normalisation((0.0,) * 3, (1 / 255,) * 3), seed=3)


def rows_of(pixels: torch.Tensor) -> list[int]:
    return pixels[:, 0, 0, 0].round().int().tolist()


def test_each_pass_over_the_training_images_sees_every_one_once(training: TrainingData) -> None:
    batches = list(training.batches(batch_count=8, batch_size=50))
    rows = [row for pixels, _ in batches for row in rows_of(pixels)]
    assert sorted(rows[:200]) == sorted(rows[200:]) == list(range(200))
    assert rows[:200] != rows[200:]
    assert all((np.array(rows_of(x)) % 4 == y.numpy()).all() for x, y in batches)


@pytest.mark.parametrize(("count", "size", "found"), [(9, 64, 64), (2, 999, 200), (1, 1, 1)])
def test_every_batch_is_full(training: TrainingData, count: int, size: int, found: int) -> None:
    sizes = [len(labels) for _, labels in training.batches(batch_count=count, batch_size=size)]
    assert sizes == [found] * count


@pytest.mark.parametrize(
    ("count", "size", "found"),
    [(4, 50, [50] * 4), (99, 64, [64, 64, 64, 8]), (2, 64, [64, 64]), (1, 999, [200])],
)
def test_one_pass_reads_no_image_twice_and_begins_as_the_batches_do(
    training: TrainingData, count: int, size: int, found: list[int]
) -> None:
    batches = list(training.batches_of_one_pass(batch_count=count, batch_size=size))
    rows = [row for pixels, _ in batches for row in rows_of(pixels)]
    assert [len(labels) for _, labels in batches] == found
    assert len(set(rows)) == len(rows) == sum(found)
    assert all((np.array(rows_of(x)) % 4 == y.numpy()).all() for x, y in batches)
    first, _ = next(training.batches(batch_count=1, batch_size=size))
    assert rows_of(first) == rows_of(batches[0][0])


def test_batches_repeat_with_their_seed(training: TrainingData) -> None:
    def rows(seed: int) -> list[int]:
        data = TrainingData(training.images, training.normalisation, seed=seed)
        return [r for x, _ in data.batches(batch_count=3, batch_size=50) for r in rows_of(x)]

    assert rows(3) == rows(3) != rows(4)


def test_an_epoch_is_one_pass_without_a_ragged_end(training: TrainingData) -> None:
    generator = torch.Generator().manual_seed(0)
    batches = list(training.epoch(batch_size=64, augmentation=PLAIN, generator=generator))
    rows = [row for pixels, _ in batches for row in rows_of(pixels)]
    assert [len(labels) for _, labels in batches] == [64, 64, 64]
    assert training.steps_per_epoch(64) == 3
    assert len(set(rows)) == 192
    assert rows != sorted(rows)
    assert training.steps_per_epoch(999) == 1


def test_an_epoch_is_drawn_from_its_generator_alone(training: TrainingData) -> None:
    def first(seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        augmentation = Augmentation(shift_pixels=1, flip=True)
        epoch = training.epoch(batch_size=50, augmentation=augmentation, generator=generator)
        return torch.cat([pixels for pixels, _ in epoch])

    assert torch.equal(first(1), first(1))
    assert not torch.equal(first(1), first(2))
    assert bool((first(1) == 0).any(dim=(1, 2, 3)).float().mean() > 0.5)  # shifted: black edges
