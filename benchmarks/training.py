"""What bfloat16 gains in training, and what a ticket's step costs beside a dense one.

Runs take turns on the same made-up images, so that what else the machine does hits all alike; the
medians are printed, as seconds for an epoch of 45,000 images, with the median of the ratios.

    python -m benchmarks.training --networks vgg16_bn_cifar resnet18_cifar --threads 2
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from core.vision.datasets import ImageSet
from core.vision.masks import best_of_each_unit, masks_from_scores
from core.vision.networks import Normalisation, build_network
from core.vision.recipe import Recipe
from core.vision.repeated_ranking import RepeatedRanking
from core.vision.ticket import Ticket
from core.vision.ticket_settings import TicketSettings
from core.vision.training import train_network
from core.vision.training_data import TrainingData

NORMALISATION = Normalisation(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
CLASS_NAMES = tuple("0123456789")
EPOCH = 45_000
RATIO = 0.9
DRIFT = 1e-4  # of the scores, from one ranking to the next


def images(count: int) -> ImageSet:
    """Noise of 32 by 32 pixels."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    rows = np.arange(count, dtype=np.int64)
    return ImageSet(pixels, rows % len(CLASS_NAMES), rows, CLASS_NAMES)


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(ways: dict[str, Callable[[], object]], *, rounds: int, unit: float, name: str) -> None:
    """Print each way's median time, divided by `unit`, and its ratio to the first."""
    for work in ways.values():
        work()
    times = [[seconds(work) for work in ways.values()] for _ in range(rounds)]
    for number, way in enumerate(ways):
        median = statistics.median(row[number] for row in times) / unit
        ratio = statistics.median(row[number] / row[0] for row in times)
        print(f"  {way:36s} {median:9.2f} {name}   ratio {ratio:.3f}")


def trainings(network_name: str, width: float, train: ImageSet) -> dict[str, Callable[[], object]]:
    """An epoch of dense training and one of a ticket's, in both precisions."""
    network = build_network(network_name, class_count=10, width_multiplier=width)
    recipe = Recipe(epochs=1, learning_rate=0.01, augmentation="crop_flip")
    none = train.take(np.arange(0))
    ways: dict[str, Callable[[], object]] = {}
    for precision in ("float32", "bfloat16"):
        ways[f"dense, {precision}"] = lambda precision=precision: train_network(
            network,
            train=train,
            validation=none,
            recipe=replace(recipe, precision=precision),
            normalisation=NORMALISATION,
            seed=0,
        )
    for precision in ("float32", "bfloat16"):
        ticket = Ticket(
            build_network(network_name, class_count=10, width_multiplier=width),
            TrainingData(train, NORMALISATION),
            ratio=RATIO,
            scope="global",
            seed=0,
            include_classifier=True,
            settings=TicketSettings(precision=precision),
        )
        ways[f"ticket of {RATIO}, {precision}"] = lambda ticket=ticket: ticket.train_epoch(0)
    return ways


def rankings(network_name: str, width: float) -> dict[str, Callable[[], object]]:
    """A full ranking and one that goes on from the last, of scores that drift."""
    network = build_network(network_name, class_count=10, width_multiplier=width)
    scores = {n: torch.rand_like(p) for n, p in network.named_parameters() if p.ndim > 1}
    repeated = RepeatedRanking(RATIO, scope="global")

    def full() -> object:
        for score in scores.values():
            score.add_(DRIFT)
        best = best_of_each_unit(scores)
        return masks_from_scores(scores, RATIO, scope="global", protected=best)

    def from_the_last() -> object:
        for score in scores.values():
            score.add_(DRIFT)
        return repeated.masks(scores)

    return {"ranking in full": full, "ranking from the last cut": from_the_last}


def main() -> None:
    """Print both comparisons for each network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--networks", nargs="+", default=["vgg16_bn_cifar"])
    parser.add_argument("--width", type=float, default=0.5, help="width multiplier")
    parser.add_argument("--images", type=int, default=1_280, help="of an epoch that is timed")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train = images(options.images)
    for name in options.networks:
        print(f"{name}, width {options.width:g}, {options.threads} threads")
        in_turn(
            trainings(name, options.width, train),
            rounds=options.rounds,
            unit=options.images / EPOCH,
            name="s an epoch",
        )
        in_turn(rankings(name, options.width), rounds=20, unit=1e-3, name="ms")


if __name__ == "__main__":
    main()
