"""Add a classifier of your own to a study: read its checkpoint and say what was understood."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from core.store.rows import ModelRow
from core.vision.networks import HUB_PREFIX
from pipelines.cli import check_fraction, check_seed, stage_parser, work_on_study
from pipelines.errors import PipelineError
from pipelines.external.foreign_models import load_foreign
from pipelines.progress import CONSOLE
from pipelines.study.plan import check_added_name, sweeps
from pipelines.train import study_normalisation
from pipelines.workspace.model_files import write_model
from pipelines.workspace.model_records import Blueprint, read_record
from pipelines.workspace.workspace import Workspace, fingerprint


def add_model(workspace: Workspace, options: Namespace) -> None:
    """Load a checkpoint into its network, try it, and keep it as a model of the study.

    Raises:
        PipelineError: a name that the study uses itself, or no normalisation to be had.
        InputError: a file, network or classifier that does not fit, in one sentence.
    """
    name = options.name
    check_added_name(workspace.study, "--name", name, workspace.added)
    check_fraction("--ratio", options.ratio)
    check_seed("--seed", options.seed)
    if (options.mean is None) != (options.std is None):
        raise PipelineError("expected --mean and --std together, found one of them.")
    if options.checkpoint is None and not options.network.startswith(HUB_PREFIX):
        raise PipelineError(
            f"--checkpoint: expected the weights of {options.network}, found none; only a network "
            f"of {HUB_PREFIX} comes with its own."
        )
    blueprint = Blueprint(
        network=options.network,
        class_count=len(workspace.test.class_names),
        width_multiplier=1.0,
        feature_width=None,
        normalisation=study_normalisation(
            workspace,
            tuple(options.mean) if options.mean else None,
            tuple(options.std) if options.std else None,
        ),
    )
    network, report = load_foreign(
        workspace,
        blueprint,
        options.checkpoint,
        trust_pickle=options.trust_pickle,
        key=options.key,
        stated=options.mean is not None,
    )
    method = options.method or ("dense" if report.sparsity == 0 else "unknown")
    write_model(
        workspace.models,
        network=network,
        masks=report.masks,
        blueprint=blueprint,
        fingerprint=fingerprint(kind="added", name=name),
        row=ModelRow(
            name=name,
            network=options.network,
            method=method,
            ratio=report.sparsity if options.ratio is None else options.ratio,
            sparsity_source=report.sparsity_source,
            seed=options.seed,
            parent=_parent(workspace, options.parent),
        ),
        details={
            "added": True,
            "checkpoint": options.checkpoint.name if options.checkpoint else options.network,
            "layout": report.layout,
            "stripped_prefix": report.stripped_prefix,
            "notes": list(report.notes),
            "normalisation": asdict(blueprint.normalisation),
        },
        image_size=workspace.image_size,
    )
    pruned = any(one.parent.name == name for one in sweeps(workspace.study, workspace.added))
    CONSOLE.print(
        f"Added {name} to the study {workspace.study.name}; the next run of the study "
        f"{'prunes and evaluates' if pruned else 'evaluates'} it.",
        soft_wrap=True,
    )


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
        help="a function of yours as package.module:factory, or a name of a network, "
        "torchvision:NAME, timm:NAME, hf-hub:NAME",
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        help="torch or safetensors file, or a folder of save_pretrained; hf-hub: needs none",
    )
    parser.add_argument(
        "--key", help="which of several sets of tensors in the file, such as ema or model.student"
    )
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


def main(arguments: list[str] | None = None) -> int:
    """Parse and add; the exit code."""
    options = _parser().parse_args(arguments)
    return work_on_study(options, lambda workspace: add_model(workspace, options))


if __name__ == "__main__":
    sys.exit(main())
