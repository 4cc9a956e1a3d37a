"""Speed of scoring and masking against torch.nn.utils.prune, in pairs in one run.

`python -m benchmarks.pruning` prunes a full-width VGG16 by global magnitude both ways, turn and
turn about, and checks that both keep the same weights. "In place" is scoring, masking and zeroing
alone; "on a copy" leaves the dense network as it was, as the pipelines need it. A sweep scores
once for all its ratios. Every other one-shot method stands beside torch.nn.utils.prune and the
forward (and backward) passes over the images that it reads.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune as torch_prune

from core.vision.datasets import ImageSet
from core.vision.masks import (
    apply_masks,
    kept_count,
    masks_for_ratios,
    masks_from_scores,
    prunable_weights,
)
from core.vision.networks import Normalisation, build_network
from core.vision.pruning import METHODS, prune, ranking_methods
from core.vision.training_data import TrainingData

PAIRS = 5
RATIO = 0.9
IMAGES, FISHER_IMAGES = 128, 32
SWEEP = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def magnitudes(network: nn.Module) -> dict[str, torch.Tensor]:
    """|w| of every prunable weight."""
    return {name: weight.detach().abs() for name, weight in prunable_weights(network).items()}


def ours(network: nn.Module) -> None:
    """Score and mask in place."""
    apply_masks(network, masks_from_scores(magnitudes(network), RATIO, scope="global"))


def theirs(network: nn.Module) -> None:
    """The same by torch.nn.utils.prune."""
    layers = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    torch_prune.global_unstructured(
        [(layer, "weight") for layer in layers], torch_prune.L1Unstructured, amount=RATIO
    )


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_pairs(
    name: str, first: Callable[[], Callable[[], object]], second: Callable[[], Callable[[], object]]
) -> None:
    """Print median times of two ways and the median of the ratios of the pairs.

    Each way is a function that prepares one run, outside the clock.
    """
    times = [(seconds(first()), seconds(second())) for _ in range(PAIRS + 1)][1:]
    ratio = statistics.median(one / other for one, other in times)
    one, other = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
    print(f"{name:44s} {one:8.0f} ms {other:8.0f} ms   ratio {ratio:.3f}")


def one_shot_methods(network: nn.Module) -> None:
    """Each method that scores, on a copy, beside torch.nn.utils.prune and its own data pass."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 255, (IMAGES, 32, 32, 3)).astype(np.uint8)
    labels = np.arange(IMAGES) % 10
    images = ImageSet(pixels, labels, np.arange(IMAGES), tuple("abcdefghij"))
    training = TrainingData(images, Normalisation((0.5,) * 3, (0.25,) * 3))
    passes = {"wanda": (2, "forward"), "taylor": (2, "backward"), "snip": (1, "backward")}
    passes["fisher"] = (FISHER_IMAGES, "backward")
    for method in METHODS:
        if method not in (*ranking_methods(), "snip"):
            continue
        options: dict[str, int] = {}
        count, kind = passes.get(method, (0, ""))
        if method == "fisher":
            options = {"images": count}
        elif count:
            options = {"batches": count, "batch_size": IMAGES // 2}
        size = 1 if method == "fisher" else IMAGES // 2

        def run(method: str = method, options: dict[str, int] = options) -> object:
            pruned = prune(method, network, ratios=[RATIO], training=training, options=options)
            return next(pruned)

        def other(count: int = count, kind: str = kind, size: int = size) -> None:
            for images_of_batch, labels_of_batch in training.batches(
                batch_count=count, batch_size=size
            ):
                with torch.set_grad_enabled(kind == "backward"):
                    logits = network.eval()(images_of_batch)
                    if kind == "backward":
                        loss = nn.functional.cross_entropy(logits, labels_of_batch)
                        torch.autograd.grad(loss, list(prunable_weights(network).values()))
            theirs(copy.deepcopy(network))

        in_pairs(
            f"{method}, torch.nn.utils.prune + data pass",
            lambda run=run: run,  # type: ignore[misc]
            lambda other=other: other,  # type: ignore[misc]
        )


def main() -> None:
    """Print the comparison."""
    network = build_network("vgg16_bn_cifar", class_count=10)
    ours(one := copy.deepcopy(network))
    theirs(other := copy.deepcopy(network))
    for name, layer in one.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            kept = other.get_submodule(name).weight
            assert isinstance(kept, torch.Tensor)
            assert torch.equal(layer.weight, kept), f"the two ways keep different weights of {name}"
    weight_count = kept_count({name: weight != 0 for name, weight in magnitudes(network).items()})
    print(f"VGG16, {weight_count:,} weights, {torch.get_num_threads()} threads, ratio {RATIO}")
    print(f"{'':44s} {'ours':>11s} {'the other':>11s}")

    def prepared(work: Callable[[nn.Module], None]) -> Callable[[], Callable[[], object]]:
        def prepare() -> Callable[[], object]:
            fresh = copy.deepcopy(network)
            return lambda: work(fresh)

        return prepare

    in_pairs("in place, torch.nn.utils.prune", prepared(ours), prepared(theirs))
    in_pairs(
        "on a copy, torch.nn.utils.prune",
        lambda: lambda: next(prune("magnitude", network, ratios=[RATIO])),
        lambda: lambda: theirs(copy.deepcopy(network)),
    )
    scores = magnitudes(network)
    in_pairs(
        f"masks of {len(SWEEP)} ratios at once, one by one",
        lambda: lambda: list(masks_for_ratios(scores, SWEEP, scope="global")),
        lambda: lambda: [masks_from_scores(scores, ratio, scope="global") for ratio in SWEEP],
    )
    in_pairs(
        f"networks of {len(SWEEP)} ratios at once, one by one",
        lambda: lambda: sum(1 for _ in prune("magnitude", network, ratios=SWEEP)),
        lambda: lambda: [next(prune("magnitude", network, ratios=[ratio])) for ratio in SWEEP],
    )
    one_shot_methods(network)


if __name__ == "__main__":
    main()
