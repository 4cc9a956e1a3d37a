"""What measuring adds to a network's forward pass: reading, features, geometry, writing shards.

For each network, runs on the same images in turn: the bare forward pass over batches that
are ready, and everything that the evaluate stage does. Prints the median of the ratios of
the pairs.

    python -m benchmarks.inner_loop --networks lenet5 vgg16_bn_cifar resnet18_cifar
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from core.geometry import ClassDirections
from core.store.writing.shards import write_shard
from core.vision.inference import FeatureReader
from core.vision.networks import Normalisation, build_network, normalise
from pipelines.evaluate import measure_images
from pipelines.evaluation.measure import classifier_rows

NORMALISATION = Normalisation(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
CLASS_COUNT = 10
LIMITS = {"lenet5": 1.25}
LIMIT = 1.05


def ratios(network_name: str, *, images: np.ndarray, pairs: int, device: str) -> list[float]:
    """Seconds of measuring over seconds of the bare forward pass, pair by pair."""
    network = build_network(network_name, class_count=CLASS_COUNT)
    reader = FeatureReader(network, NORMALISATION, device, images[:16])
    directions = ClassDirections(reader.weight, reader.bias)
    rows = np.arange(len(images))
    labels = rows % CLASS_COUNT
    ready = [
        normalise(images[start : start + reader.batch_size], NORMALISATION, device).contiguous(
            memory_format=torch.channels_last
        )
        for start in range(0, len(images), reader.batch_size)
    ]

    def forward() -> None:
        with torch.inference_mode():
            for batch in ready:
                network(batch)
        _wait(device)

    def everything(folder: Path) -> None:
        classifier = classifier_rows(directions)
        with write_shard(folder / "x.parquet", classifier=classifier, fingerprint="x") as shard:
            shard.append(measure_images(reader, directions, images, labels, rows))
        _wait(device)

    with tempfile.TemporaryDirectory() as folder:
        found = []
        for number in range(pairs + 1):
            bare = _seconds(forward)
            whole = _seconds(lambda: everything(Path(folder)))
            if number:  # the first pair warms up
                found.append(whole / bare)
    return found


def _seconds(work: object) -> float:
    assert callable(work)
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--networks", nargs="+", default=["lenet5", "vgg16_bn_cifar", "resnet18_cifar"]
    )
    parser.add_argument("--images", type=int, default=512)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    images = np.random.default_rng(0).integers(0, 256, (options.images, 32, 32, 3), dtype=np.uint8)
    for name in options.networks:
        found = ratios(name, images=images, pairs=options.pairs, device=options.device)
        print(
            f"{name}: measuring takes {statistics.median(found):.3f} times the bare forward pass "
            f"(median of {len(found)} pairs, {min(found):.3f} to {max(found):.3f}; at most "
            f"{LIMITS.get(name, LIMIT)} is wanted), {options.images} images on {options.device}"
        )


if __name__ == "__main__":
    main()
