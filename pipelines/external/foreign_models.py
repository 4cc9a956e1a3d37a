"""A checkpoint that was made elsewhere, loaded into its network and tried."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import nn

from core.stats.intervals import wilson_interval
from core.vision.checkpoints import LoadReport, load_into, read_checkpoint
from core.vision.datasets import ImageSet
from core.vision.datasets.splits import stratified_rows
from core.vision.inference import FeatureReader
from pipelines.progress import CONSOLE
from pipelines.workspace.model_records import Blueprint
from pipelines.workspace.workspace import Workspace

EXAMPLE_IMAGES = 16
IMAGES_TRIED = 2_000
LOOKS_WRONG_BELOW = 0.5


def load_foreign(
    workspace: Workspace, blueprint: Blueprint, path: Path, *, trust_pickle: bool = False
) -> tuple[nn.Module, LoadReport]:
    """The network of a checkpoint with its weights, after saying what was understood.

    Raises:
        InputError: a file, network or classifier that does not fit, in one sentence.
    """
    checkpoint = read_checkpoint(path, trust_pickle=trust_pickle)
    network = blueprint.build()
    report = load_into(network, checkpoint)
    test = workspace.test
    reader = FeatureReader(
        network,
        blueprint.normalisation,
        workspace.device,
        test.images[:EXAMPLE_IMAGES],
        class_count=len(test.class_names),
    )
    tried = _tried(workspace)
    _, logits = reader.read_in_batches(tried.images[np.arange(len(tried))])
    correct = int((logits.argmax(1).cpu().numpy() == tried.labels).sum())
    for line in (
        *report.lines(),
        f"classifier: {reader.classifier_name}, {reader.weight.shape[1]} features",
        f"normalisation: {blueprint.normalisation}",
        _accuracy_line(correct, len(tried), len(workspace.test_images)),
    ):
        CONSOLE.print(line, soft_wrap=True)
    if workspace.splits.test_is_drawn:
        CONSOLE.print(
            "Note: the data set has no test part of its own, so the study drew these images from "
            "all of it; a network that was trained elsewhere may have been trained on them.",
            soft_wrap=True,
        )
    if correct < LOOKS_WRONG_BELOW * len(tried):
        CONSOLE.print(
            f"Warning: {_percent(correct / len(tried))} % looks wrong unless the model was pruned "
            "hard; check the normalisation, the order of the classes, the image size and the "
            "network's stem.",
            soft_wrap=True,
        )
    return network, report


def _tried(workspace: Workspace) -> ImageSet:
    """Test images to see whether the model works: all that are evaluated, or a stratified choice.

    Validation images won't do: they are cut from the official training part, which a network
    that was trained elsewhere has most likely been trained on.
    """
    test = workspace.test
    count = min(len(test), IMAGES_TRIED)
    return test.take(stratified_rows(test.labels, count, seed=workspace.study.seed))


def _accuracy_line(correct: int, tried: int, test_images: int) -> str:
    low, high = (_percent(bound) for bound in wilson_interval(correct, tried))
    which = (
        f"the {tried:,} test images"
        if tried == test_images
        else f"{tried:,} of the {test_images:,} test images, every class by its share"
    )
    return f"accuracy: {_percent(correct / tried)} % (95 % interval {low} to {high} %), on {which}"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}"
