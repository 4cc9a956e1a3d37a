"""How accurate networks are on the generated corruptions and on the authors' files.

`PRUNESCOPE_DATA=DIR python -m benchmarks.corruption_accuracy MODEL.json ...` takes finished
networks of CIFAR-10 (their records, in a study's folder of models) and the data that
`benchmarks.corruption_fidelity` takes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.corruption_fidelity import WITHOUT_CHANCE, open_frost_sample, open_real_data
from core.corruptions import SEVERITIES, corrupt
from core.vision.datasets import ImageSet
from core.vision.inference import FeatureReader
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import read_record

SEEDS = 6


@dataclass(frozen=True)
class AccuracyPair:
    """Accuracies in per cent.

    Attributes:
        theirs: on the authors' one draw.
        ours: on ours, the mean of several seeds.
        error: standard error of the difference, over images; the chance in the authors' draw is
            part of it, as every image was drawn on its own.
    """

    theirs: float
    ours: float
    error: float

    def __str__(self) -> str:
        difference = self.ours - self.theirs
        return f"{self.theirs:5.1f} {self.ours:5.1f} {difference:+5.1f}±{self.error:3.1f}"


def accuracy_pair(theirs: NDArray[np.bool_], ours: NDArray[np.bool_]) -> AccuracyPair:
    """Compare accuracies image by image.

    Args:
        theirs: (networks, N), whether the authors' version was classified correctly.
        ours: (seeds, networks, N), the same of our versions of the same images.
    """
    their_share, our_share = theirs.mean(axis=0), ours.mean(axis=(0, 1))
    difference = our_share - their_share
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    return AccuracyPair(
        100 * float(their_share.mean()), 100 * float(our_share.mean()), 100 * float(error)
    )


class Judges:
    """Networks that classify images."""

    def __init__(self, records: list[Path], examples: NDArray[np.uint8]) -> None:
        self.names = [path.stem for path in records]
        self._readers = []
        for path in records:
            record = read_record(path.parent, path.stem)
            if record is None:
                raise SystemExit(f"{path}: expected the record of a finished model, found none.")
            network, _ = load_network(path.parent, record)
            normalisation = record.blueprint.normalisation
            self._readers.append(FeatureReader(network, normalisation, "cpu", examples))

    def correct(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each network is right on each image, (networks, N)."""
        logits = [reader.read_in_batches(images)[1] for reader in self._readers]
        return np.stack([values.argmax(1).numpy() == labels for values in logits])


def conditions(folder: Path) -> Iterator[tuple[str, int, ImageSet, NDArray[np.uint8]]]:
    """What can be compared: corruption, severity, the images, the authors' version of them."""
    sample = open_frost_sample(folder)
    if sample is not None:
        further, frosted = sample
        for severity, theirs in zip(SEVERITIES, frosted, strict=True):
            yield "frost", severity, further, theirs
    test, official = open_real_data(folder)
    for corruption in official.present:
        if corruption not in WITHOUT_CHANCE:
            for severity in SEVERITIES:
                yield corruption, severity, test, official.images(corruption, severity)[:]


def main(arguments: list[str]) -> None:
    """Print the table."""
    folder = os.environ.get("PRUNESCOPE_DATA")
    if folder is None or not arguments:
        print(__doc__)
        return
    test, _ = open_real_data(Path(folder))
    judges = Judges([Path(argument) for argument in arguments], np.asarray(test.images[:16]))
    print(f"{SEEDS} seeds; accuracy of theirs, of ours, the difference ± its standard error, in %")
    clean: set[int] = set()
    for corruption, severity, images, theirs in conditions(Path(folder)):
        pixels, labels = np.asarray(images.images[:]), np.asarray(images.labels)
        if len(images) not in clean:
            clean.add(len(images))
            shares = 100 * judges.correct(pixels, labels).mean(axis=1)
            named = zip(judges.names, shares, strict=True)
            print(f"{len(images)} images, uncorrupted:", *(f"{n} {s:.1f}" for n, s in named))
        right = judges.correct(theirs, labels)
        ours = np.stack(
            [
                judges.correct(corrupt(pixels, corruption, severity, seed), labels)
                for seed in range(SEEDS)
            ]
        )
        each = [accuracy_pair(right[[k]], ours[:, [k]]) for k in range(len(right))]
        cells = [str(pair) for pair in (accuracy_pair(right, ours), *each)]
        print(f"{corruption:18} {severity} {len(images):5} " + " | ".join(cells), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
