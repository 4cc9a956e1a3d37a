"""A checkpoint that was made elsewhere, loaded into its network and tried."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import nn

from core.vision.checkpoints import LoadReport, load_into, read_checkpoint
from core.vision.datasets import ImageSet
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
    accuracy = float((logits.argmax(1).cpu().numpy() == tried.labels).mean())
    for line in (
        *report.lines(),
        f"classifier: {reader.classifier_name}, {reader.weight.shape[1]} features",
        f"normalisation: {blueprint.normalisation}",
        f"accuracy on {len(tried)} clean images: {100 * accuracy:.1f} %",
    ):
        CONSOLE.print(line, soft_wrap=True)
    if accuracy < LOOKS_WRONG_BELOW:
        CONSOLE.print(
            f"Warning: {100 * accuracy:.1f} % looks wrong unless the model was pruned hard; check "
            "the normalisation, the order of the classes, the image size and the network's stem.",
            soft_wrap=True,
        )
    return network, report


def _tried(workspace: Workspace) -> ImageSet:
    """Clean images to see whether the model works: validation, or test where there is none."""
    images = workspace.splits.validation if len(workspace.splits.validation) else workspace.test
    return images.take(np.arange(min(len(images), IMAGES_TRIED)))
