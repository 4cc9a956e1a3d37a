"""Add a classifier of your own to a study: read its checkpoint and say what was understood."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

import numpy as np

from core.vision.checkpoints import ForeignCheckpoint, LoadReport, load_into, read_checkpoint
from core.vision.datasets import ImageSet
from core.vision.inference import FeatureReader
from core.vision.networks import Normalisation, measure_normalisation
from pipelines.command import explain_mistakes, open_workspace, stage_parser
from pipelines.console import CONSOLE
from pipelines.errors import PipelineError
from pipelines.model_files import Blueprint, read_record, write_model
from pipelines.plan import model_names
from pipelines.workspace import Workspace, fingerprint

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
LOOKS_WRONG_BELOW = 0.5
IMAGES_TRIED = 2_000


def add_model(workspace: Workspace, options: Namespace) -> None:
    """Load a checkpoint into its network, try it, and keep it as a model of the study.

    Raises:
        PipelineError: a name that the study uses itself, or no normalisation to be had.
        InputError: a file, network or classifier that does not fit, in one sentence.
    """
    name = options.name
    if not _NAME.fullmatch(name):
        raise PipelineError(f"--name: expected letters, digits, '.', '_' and '-', found {name!r}.")
    if name in model_names(workspace.study):
        raise PipelineError(
            f"--name: expected a name that the study {workspace.study.name} does not use itself, "
            f"found {name!r}."
        )
    test = workspace.test
    blueprint = Blueprint(
        network=options.network,
        class_count=len(test.class_names),
        width_multiplier=1.0,
        feature_width=None,
        normalisation=_normalisation(workspace, options),
    )
    checkpoint: ForeignCheckpoint = read_checkpoint(
        options.checkpoint, trust_pickle=options.trust_pickle
    )
    network = blueprint.build()
    report: LoadReport = load_into(network, checkpoint)
    reader = FeatureReader(
        network,
        blueprint.normalisation,
        workspace.device,
        test.images[:16],
        class_count=len(test.class_names),
    )
    for line in report.lines():
        CONSOLE.print(line, soft_wrap=True)
    CONSOLE.print(f"classifier: {reader.classifier_name}, {reader.weight.shape[1]} features")
    CONSOLE.print(f"normalisation: {blueprint.normalisation}", soft_wrap=True)
    tried = _tried(workspace)
    accuracy = _accuracy(reader, tried)
    CONSOLE.print(f"accuracy on {len(tried)} clean images: {100 * accuracy:.1f} %")
    if accuracy < LOOKS_WRONG_BELOW:
        CONSOLE.print(
            f"Warning: {100 * accuracy:.1f} % looks wrong unless the model was pruned hard; check "
            "the normalisation (--mean, --std), the order of the classes, the image size and the "
            "network's stem.",
            soft_wrap=True,
        )
    method = options.method or ("dense" if report.sparsity == 0 else "unknown")
    write_model(
        workspace.models,
        network=network,
        masks=report.masks,
        blueprint=blueprint,
        fingerprint=fingerprint(kind="added", name=name),
        columns={
            "name": name,
            "network": options.network,
            "method": method,
            "ratio": report.sparsity if options.ratio is None else options.ratio,
            "sparsity_source": report.sparsity_source,
            "scope": None,
            "seed": options.seed,
            "parent": _parent(workspace, options.parent),
            "retrained": False,
            "retrain_epochs": 0,
            "recalibrated": False,
            "classifier_prunable": True,
            "validation_accuracy": None,
        },
        details={
            "added": True,
            "checkpoint": options.checkpoint.name,
            "layout": report.layout,
            "stripped_prefix": report.stripped_prefix,
            "notes": list(report.notes),
            "normalisation": asdict(blueprint.normalisation),
        },
        image_size=workspace.image_size,
    )
    CONSOLE.print(
        f"Added {name} to the study {workspace.study.name}; the next run of the study evaluates it."
    )


def _normalisation(workspace: Workspace, options: Namespace) -> Normalisation:
    if (options.mean is None) != (options.std is None):
        raise PipelineError("expected --mean and --std together, found one of them.")
    if options.mean is not None:
        return Normalisation(mean=tuple(options.mean), std=tuple(options.std))
    if not len(workspace.splits.train):
        raise PipelineError(
            "--mean and --std: expected the normalisation of the model, since the data set has "
            "no training images to measure it on, found none."
        )
    return measure_normalisation(workspace.splits.train)


def _tried(workspace: Workspace) -> ImageSet:
    """Clean images to see whether the model works: validation, or test where there is none."""
    images = workspace.splits.validation if len(workspace.splits.validation) else workspace.test
    return images.take(np.arange(min(len(images), IMAGES_TRIED)))


def _accuracy(reader: FeatureReader, images: ImageSet) -> float:
    _, logits = reader.read_in_batches(images.images[np.arange(len(images))])
    return float((logits.argmax(1).cpu().numpy() == images.labels).mean())


def _parent(workspace: Workspace, name: str | None) -> str | None:
    if name is not None and read_record(workspace.models, name) is None:
        raise PipelineError(f"--parent: expected a model of the study, found {name!r}.")
    return name


def _parser() -> ArgumentParser:
    parser = stage_parser(__doc__ or "")
    parser.add_argument("--name", required=True, help="the model's name in the study")
    parser.add_argument(
        "--network",
        required=True,
        help="a function of yours as package.module:factory, or a name of a network",
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="torch or safetensors file")
    parser.add_argument("--mean", type=float, nargs=3, help="of each channel, in [0, 1] units")
    parser.add_argument("--std", type=float, nargs=3, help="of each channel, in [0, 1] units")
    parser.add_argument("--method", help="how it was pruned; dense if it was not")
    parser.add_argument("--ratio", type=float, help="ratio asked; the sparsity found if left out")
    parser.add_argument("--seed", type=int, help="the seed it was trained or pruned with")
    parser.add_argument("--parent", help="the model of the study that it was pruned from")
    parser.add_argument(
        "--trust-pickle",
        action="store_true",
        help="unpickle the file if it is not plain tensors: it may then run any code",
    )
    return parser


if __name__ == "__main__":
    parsed = _parser().parse_args()
    sys.exit(explain_mistakes(lambda: add_model(open_workspace(parsed), parsed)))
