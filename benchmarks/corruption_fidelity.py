"""How close the generated corruptions are to the authors' files, condition by condition.

`PRUNESCOPE_DATA=DIR python -m benchmarks.corruption_fidelity` wants DIR/cifar10 (Parquet files or
torchvision's) and CIFAR-10-C's files in DIR/cifar10c-sample/CIFAR-10-C or DIR/CIFAR-10-C. With
DIR/frost-sample, the authors' frost of 1,000 further test images, frost is compared on those, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from core.errors import InputError
from core.vision.corrupted_files.official import OfficialCorruptions, open_official
from core.vision.datasets import ImageSet, load_dataset

Grey = NDArray[np.int64]

WITHOUT_CHANCE = (
    "defocus_blur",
    "zoom_blur",
    "gaussian_blur",
    "brightness",
    "contrast",
    "pixelate",
    "jpeg_compression",
    "saturate",
)
SEEDS = 10
RESAMPLES = 1_000
MOST_IMAGES = 1_000
FROST_SAMPLE_START = 1_017
"""The first row of the test set that the further images of frost were made from."""


@dataclass(frozen=True)
class Agreement:
    """A corruption without chance: shares of values, and the largest difference."""

    within_one: float
    equal: float
    largest: int


@dataclass(frozen=True)
class Likeness:
    """A corruption with chance, compared over the same images.

    Attributes:
        change: our mean absolute change over the authors', averaged over our seeds, minus 1.
        change_error: standard error of that, from a bootstrap over images: the authors drew once.
        deviation: the same for the standard deviation of the change.
        deviation_error: likewise.
    """

    change: float
    change_error: float
    deviation: float
    deviation_error: float


def agreement(ours: NDArray[np.uint8], theirs: NDArray[np.uint8]) -> Agreement:
    """Compare two arrays of images, value by value."""
    apart = np.abs(ours.astype(int) - theirs)
    return Agreement(float((apart <= 1).mean()), float((apart == 0).mean()), int(apart.max()))


def likeness(clean: Grey, theirs: Grey, ours: list[Grey]) -> Likeness:
    """Compare the change that the authors' draw makes with the change that several of ours make.

    The bootstrap draws images anew, and for each image one of our seeds in the authors' place:
    its spread is how far a single draw of these images may lie from the mean of many.
    """
    count = len(clean)
    their_moments = _moments(theirs - clean)
    our_moments = np.stack([_moments(version - clean) for version in ours])
    change, deviation = _summary(our_moments.mean(axis=0)) / _summary(their_moments) - 1
    generator = np.random.default_rng(0)
    ratios = []
    for _ in range(RESAMPLES):
        images = generator.integers(0, count, count)
        seeds = generator.integers(0, len(ours), count)
        single = _summary(our_moments[seeds, images])
        ratios.append(single / _summary(our_moments[:, images].mean(axis=0)) - 1)
    change_error, deviation_error = np.std(ratios, axis=0)
    return Likeness(float(change), float(change_error), float(deviation), float(deviation_error))


def _moments(change: Grey) -> NDArray[np.float64]:
    """Mean absolute value, mean and mean square of each image's change, (N, 3)."""
    flat = change.reshape(len(change), -1).astype(np.float64)
    return np.stack([np.abs(flat).mean(1), flat.mean(1), (flat**2).mean(1)], axis=1)


def _summary(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean absolute change and standard deviation of the change over all images, (2,)."""
    absolute, mean, square = moments.mean(axis=0)
    return np.array([absolute, np.sqrt(square - mean**2)])


def open_real_data(folder: Path) -> tuple[ImageSet, OfficialCorruptions]:
    """The CIFAR-10 test images whose corrupted versions are at hand, and those."""
    test = load_dataset("cifar10", folder=folder / "cifar10").test
    files = next(
        place
        for place in (folder / "cifar10c-sample" / "CIFAR-10-C", folder / "CIFAR-10-C")
        if place.is_dir()
    )
    labels = len(np.load(files / "labels.npy", mmap_mode="r")) // len(SEVERITIES)
    first = test.take(np.arange(min(labels, MOST_IMAGES)))
    return first, open_official(files, first)


def open_frost_sample(folder: Path) -> tuple[ImageSet, NDArray[np.uint8]] | None:
    """Further test images and their frosted versions (severity, N, 32, 32, 3), if at hand."""
    files = folder / "frost-sample"
    if not files.is_dir():
        return None
    frosted = np.load(files / "frost.npy")
    frosted = frosted.reshape(len(SEVERITIES), -1, *frosted.shape[1:])
    rows = FROST_SAMPLE_START + np.arange(frosted.shape[1])
    test = load_dataset("cifar10", folder=folder / "cifar10").test.take(rows)
    labels = np.load(files / "labels.npy").reshape(len(SEVERITIES), -1)
    if not (labels == test.labels).all():
        raise InputError(f"expected {files} to hold the test images from {rows[0]} on")
    return test, frosted


def comparisons(
    test: ImageSet, official: OfficialCorruptions, seeds: int = SEEDS
) -> Iterator[tuple[str, int, Agreement | Likeness]]:
    """Compare every condition that the official files hold."""
    clean = np.asarray(test.images[:])
    for corruption in official.present:
        for severity in SEVERITIES:
            theirs = official.images(corruption, severity)[:]
            if corruption in WITHOUT_CHANCE:
                yield corruption, severity, agreement(corrupt(clean, corruption, severity), theirs)
                continue
            yield corruption, severity, seeds_likeness(clean, theirs, corruption, severity, seeds)


def seeds_likeness(
    clean: NDArray[np.uint8],
    theirs: NDArray[np.uint8],
    corruption: str,
    severity: int,
    seeds: int = SEEDS,
) -> Likeness:
    """Compare the authors' draw of a condition with several of ours."""
    ours = [corrupt(clean, corruption, severity, seed).astype(int) for seed in range(seeds)]
    return likeness(clean.astype(int), theirs.astype(int), ours)


def main() -> None:
    """Print the table."""
    folder = os.environ.get("PRUNESCOPE_DATA")
    if folder is None:
        print("corruption fidelity: set PRUNESCOPE_DATA to a folder with CIFAR-10 and CIFAR-10-C.")
        return
    test, official = open_real_data(Path(folder))
    print(f"{len(test)} images, {SEEDS} seeds; ± one standard error of the authors' single draw")
    table: dict[str, list[str]] = {name: [] for name in CORRUPTIONS}
    for corruption, _, found in comparisons(test, official):
        table[corruption].append(_cell(found))
    print("without chance: values within one grey level, equal, largest difference")
    print("with chance: mean absolute change, standard deviation of the change, ours over theirs")
    for corruption, cells in table.items():
        print(f"{corruption:18}" + " | ".join(cells))
    sample = open_frost_sample(Path(folder))
    if sample is not None:
        further, frosted = sample
        clean = np.asarray(further.images[:])
        rows = zip(SEVERITIES, frosted, strict=True)
        found_rows = (seeds_likeness(clean, theirs, "frost", level) for level, theirs in rows)
        print(f"{'frost, ' + str(len(clean)):18}" + " | ".join(map(_cell, found_rows)))


def _cell(found: Agreement | Likeness) -> str:
    if isinstance(found, Agreement):
        return f"{found.within_one:8.3%} ={found.equal:6.1%} max {found.largest}"
    return (
        f"{100 * found.change:+5.1f}±{100 * found.change_error:3.1f} "
        f"{100 * found.deviation:+5.1f}±{100 * found.deviation_error:3.1f} %"
    )


if __name__ == "__main__":
    main()
