"""A checkpoint that was made elsewhere, loaded into its network and tried."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from core.stats.intervals import wilson_interval
from core.stats.significance import mcnemar_p_value
from core.vision.checkpoints import LoadReport, load_into, read_checkpoint, report_of
from core.vision.datasets import ImageSet
from core.vision.datasets.splits import stratified_rows
from core.vision.inference import FeatureReader
from core.vision.networks import Normalisation
from pipelines.progress import CONSOLE
from pipelines.workspace.model_records import Blueprint
from pipelines.workspace.workspace import Workspace

EXAMPLE_IMAGES = 16
IMAGES_TRIED = 2_000
IMAGES_FOR_NORMALISATIONS = 500
LOOKS_WRONG_BELOW = 0.5
CHANCE = 0.001
USUAL_NORMALISATIONS = {
    "ImageNet's": Normalisation((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "CIFAR-10's": Normalisation((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
    "CIFAR-10's with smaller deviations": Normalisation(
        (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
    ),
    "0.5 and 0.5": Normalisation((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "none": Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
}
"""CIFAR-10's are published with two deviations: of all pixels, and the mean of the images' own."""


def load_foreign(
    workspace: Workspace,
    blueprint: Blueprint,
    path: Path | None,
    *,
    trust_pickle: bool = False,
    key: str | None = None,
    stated: bool = True,
) -> tuple[nn.Module, LoadReport]:
    """The network of a checkpoint with its weights, after saying what was understood.

    Args:
        workspace: of the study.
        blueprint: how to build the network, and how it is thought to want its input.
        path: the checkpoint; None for a network that comes with its weights (hf-hub:).
        trust_pickle: allow Python objects in the file.
        key: which of several sets of tensors in it to take.
        stated: the normalisation is the user's; else the usual ones are tried, and it is said what
            each gives.

    Raises:
        InputError: a file, network or classifier that does not fit, in one sentence.
    """
    if path is None:
        network = blueprint.build(pretrained=True)
        report = report_of(network)
    else:
        checkpoint = read_checkpoint(path, trust_pickle=trust_pickle, key=key)
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
    correct = int(_right(reader, tried).sum())
    lines = [
        *report.lines(),
        f"classifier: {reader.classifier_name}, {reader.weight.shape[1]} features",
        *([f"classifier: {reader.note}"] if reader.note else []),
        f"normalisation: {blueprint.normalisation}",
        _accuracy_line(correct, len(tried), len(workspace.test_images)),
    ]
    if not stated:
        lines += normalisation_lines(reader, _some(tried))
    for line in lines:
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


def normalisation_lines(reader: FeatureReader, images: ImageSet) -> list[str]:
    """What the usual normalisations give on some images, and a warning where one is better.

    The reader's own is compared with each on the same images: a warning where another one is right
    on more of them than chance explains (exact test of the discordant pairs, one in a thousand).
    """
    own = reader.normalisation
    right = {"measured on the training images": _right(reader, images)}
    try:
        for name, normalisation in USUAL_NORMALISATIONS.items():
            reader.normalisation = normalisation
            right[name] = _right(reader, images)
    finally:
        reader.normalisation = own
    shown = "; ".join(f"{name} {_percent(float(hits.mean()))} %" for name, hits in right.items())
    lines = [f"normalisations tried on {len(images)} test images: {shown}"]
    measured, *_ = right.values()
    best = max(USUAL_NORMALISATIONS, key=lambda name: int(right[name].sum()))
    gained = int((right[best] & ~measured).sum())
    lost = int((measured & ~right[best]).sum())
    if gained > lost and mcnemar_p_value(gained, lost) < CHANCE:
        stated = USUAL_NORMALISATIONS[best]
        mean, std = (" ".join(f"{v:g}" for v in values) for values in (stated.mean, stated.std))
        lines.append(
            f"Warning: {best} gives {_percent(float(right[best].mean()))} % where the "
            f"normalisation used gives {_percent(float(measured.mean()))} %; if the network was "
            "trained with it, "
            f"add the model again with --mean {mean} --std {std}"
        )
    return lines


def _right(reader: FeatureReader, images: ImageSet) -> NDArray[np.bool_]:
    """Which images are predicted right."""
    _, logits = reader.read_in_batches(images.images[np.arange(len(images))])
    return np.asarray(logits.argmax(1).cpu().numpy() == images.labels)


def _some(images: ImageSet) -> ImageSet:
    count = min(len(images), IMAGES_FOR_NORMALISATIONS)
    return images.take(stratified_rows(images.labels, count, seed=0))


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
