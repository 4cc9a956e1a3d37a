"""Whether training in bfloat16 costs accuracy: the digits study's networks in both precisions.

Prints each seed's test accuracy of the dense LeNet-5 and of a ticket, trained in float32 and in
bfloat16 (measured in float32 both times), and the difference beside the spread of the seeds.

    python -m benchmarks.precision --seeds 8
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import replace

import torch
from torch import nn

from core.vision.datasets import ImageSet, Splits, load_dataset
from core.vision.networks import Normalisation, build_network, measure_normalisation, normalise
from core.vision.pruning import prune
from core.vision.training import train_network
from core.vision.training_data import TrainingData
from pipelines.study.recipes import recipe_for

NETWORK = "lenet5"
RATIO = 0.8
PRECISIONS = ("float32", "bfloat16")


@torch.inference_mode()
def accuracy(network: nn.Module, images: ImageSet, normalisation: Normalisation) -> float:
    """Share of the images that are put in their class, in float32."""
    network.eval()
    found = network(normalise(images.images[:], normalisation, "cpu")).argmax(1).numpy()
    return float((found == images.labels).mean())


def dense(splits: Splits, normalisation: Normalisation, *, seed: int, precision: str) -> float:
    """Test accuracy of LeNet-5 by its own recipe."""
    torch.manual_seed(seed)
    network = build_network(NETWORK, class_count=10)
    train_network(
        network,
        train=splits.train,
        validation=splits.validation,
        recipe=replace(recipe_for(NETWORK), precision=precision),
        normalisation=normalisation,
        seed=seed,
    )
    return accuracy(network, splits.test, normalisation)


def ticket(splits: Splits, normalisation: Normalisation, *, seed: int, precision: str) -> float:
    """Test accuracy of a multi-prize ticket with the standard settings."""
    (found,) = prune(
        "multi_prize",
        build_network(NETWORK, class_count=10),
        ratios=[RATIO],
        seed=seed,
        training=TrainingData(splits.train, normalisation),
        options={"precision": precision},
    )
    return accuracy(found.network, splits.test, normalisation)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=8)
    seeds = range(parser.parse_args().seeds)
    torch.set_num_threads(1)
    splits = load_dataset("digits", image_size=32, validation_fraction=0.15, test_fraction=0.3)
    normalisation = measure_normalisation(splits.train)
    for name, make in (("dense", dense), (f"ticket of {RATIO}", ticket)):
        columns = [
            [make(splits, normalisation, seed=seed, precision=precision) for seed in seeds]
            for precision in PRECISIONS
        ]
        for precision, column in zip(PRECISIONS, columns, strict=True):
            values = " ".join(f"{100 * value:5.1f}" for value in column)
            mean, spread = statistics.mean(column), statistics.stdev(column)
            print(f"{name:14s} {precision:9s} {100 * mean:6.2f} ± {100 * spread:.2f} %   {values}")
        differences = [two - one for one, two in zip(*columns, strict=True)]
        error = statistics.stdev(differences) / len(differences) ** 0.5
        print(f"{'':14s} difference {100 * statistics.mean(differences):5.2f} ± {100 * error:.2f}")


if __name__ == "__main__":
    main()
