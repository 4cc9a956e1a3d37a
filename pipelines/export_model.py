"""Export models for use elsewhere: safetensors weights, masks, and a card with their history."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from safetensors.torch import save_file, save_model

from core.store.rows import CLEAN
from core.store.writing.shards import shard_path
from pipelines.cli import explain_mistakes, open_workspace, stage_parser
from pipelines.errors import PipelineError
from pipelines.evaluation.combinations import pair_state
from pipelines.evaluation.conditions import study_conditions
from pipelines.progress import CONSOLE
from pipelines.published import whole_folder
from pipelines.workspace.model_files import load_network
from pipelines.workspace.model_records import ModelRecord, read_record
from pipelines.workspace.workspace import Workspace

WEIGHTS = "model.safetensors"
MASKS = "masks.safetensors"
CARD = "README.md"
MARK = "A model of the study"
"""Stands in a card's first lines."""


@dataclass(frozen=True)
class TestAccuracy:
    """What the evaluation found so far; None where it has not come there.

    Attributes:
        samples: test images.
        clean: fraction of clean images that is right, 0..1.
        corrupted: mean over the evaluated corrupted conditions of that fraction.
        conditions: how many of those there are.
    """

    samples: int
    clean: float | None
    corrupted: float | None
    conditions: int


def export_models(workspace: Workspace, names: Sequence[str], output: Path) -> list[Path]:
    """Write a folder for each model: weights, masks (where it was pruned by masks) and card.

    A folder appears when it is whole, and is replaced whole.

    Args:
        workspace: of a study with finished models.
        names: of models with weights; every one of the study if empty.
        output: folder in which `<output>/<model name>` is written.

    Returns:
        The folders.

    Raises:
        PipelineError: no such model, or a folder there that no export made.
    """
    names = names or sorted(path.stem for path in workspace.models.glob("*.safetensors"))
    if not names:
        raise PipelineError(
            f"{workspace.study.name}: expected a finished model to export, found none; run the "
            "train stage first."
        )
    records = []
    for name in names:
        record = read_record(workspace.models, name)
        if record is None:
            raise PipelineError(
                f"expected a finished model with weights of the study {workspace.study.name}, "
                f"found none named {name!r}."
            )
        records.append(record)
    return [_export(workspace, record, output / record.row.name) for record in records]


def _export(workspace: Workspace, record: ModelRecord, folder: Path) -> Path:
    network, masks = load_network(workspace.models, record)
    masked = not all(mask.all() for mask in masks.values())
    card = model_card(
        record,
        study=workspace.study.title,
        dataset=workspace.study.dataset.name,
        image_size=workspace.image_size,
        class_names=workspace.test.class_names,
        accuracy=test_accuracy(workspace, record),
        masked=masked,
    )
    with whole_folder(folder, marker=CARD, of=MARK) as made:
        save_model(network, str(made / WEIGHTS))
        if masked:
            save_file({name: mask.contiguous() for name, mask in masks.items()}, made / MASKS)
        (made / CARD).write_text(card, encoding="utf-8")
    return folder


def test_accuracy(workspace: Workspace, record: ModelRecord) -> TestAccuracy:
    """Accuracy of a model under the conditions that are evaluated by now."""
    clean, corrupted, samples = None, [], len(workspace.test)
    for condition in study_conditions(workspace):
        if pair_state(workspace, record, condition).status != "finished":
            continue
        path = shard_path(workspace.shards, record.row.name, condition.row.name)
        right = pl.scan_parquet(path).select(pl.col("correct").mean()).collect().item()
        if condition.row.name == CLEAN.name:
            clean = right
        else:
            corrupted.append(right)
    mean = sum(corrupted) / len(corrupted) if corrupted else None
    return TestAccuracy(samples, clean, mean, len(corrupted))


def model_card(
    record: ModelRecord,
    *,
    study: str,
    dataset: str,
    image_size: int,
    class_names: Sequence[str],
    accuracy: TestAccuracy,
    masked: bool,
) -> str:
    """The card of an exported model, in Markdown.

    Args:
        record: of the model.
        study: title of the study that it is from.
        dataset: name of its data set.
        image_size: side in pixels of what it was evaluated on.
        class_names: by label.
        accuracy: what the evaluation found.
        masked: whether a file of masks lies beside it.
    """
    row, blueprint = record.row, record.blueprint
    facts = [
        ("Network", row.network),
        ("Input", f"RGB, {image_size} x {image_size} pixels, 0..1, minus mean, by std"),
        ("Mean, std", f"{blueprint.normalisation.mean}, {blueprint.normalisation.std}"),
        ("Method", row.method),
        ("Pruned from", row.parent or "-"),
        ("Sparsity of prunable weights", f"{100 * row.sparsity:.2f} %"),
        ("Parameters, not removed", f"{row.parameters:,}, {row.nonzero_parameters:,}"),
        ("Scope", row.scope or "-"),
        ("Retrained", f"{row.retrain_epochs} epochs" if row.retrained else "no"),
        ("Seed", "unknown" if row.seed is None else str(row.seed)),
        ("Validation accuracy", _percent(row.validation_accuracy)),
        (f"Clean accuracy, {accuracy.samples:,} test images", _percent(accuracy.clean)),
        (
            f"Mean accuracy under {accuracy.conditions} corrupted conditions",
            _percent(accuracy.corrupted),
        ),
        ("SHA-256 in the study", row.checkpoint_sha256),
    ]
    lines = [f"# {row.name}", "", f"{MARK} “{study}” (data set: {dataset}).", ""]
    lines += ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in facts), ""]
    lines += ["Classes, by output: " + ", ".join(class_names) + ".", ""]
    lines += ["## Loading", "", "```python", *_loading(record), "```", ""]
    if masked:
        lines += [
            f"`{MASKS}` has a boolean tensor for each pruned parameter, true where a weight is "
            "kept. Removed weights are zero in the weights, too; to hold them at zero while "
            "training goes on:",
            "",
            "```python",
            *_holding(),
            "```",
            "",
        ]
    if record.layers:
        lines += ["## Layers", "", "| layer | weights | kept |", "|---|--:|--:|"]
        lines += [f"| {one.name} | {one.weights:,} | {one.kept:,} |" for one in record.layers]
        lines += [""]
    details = json.dumps(json.loads(row.details), indent=1)
    return "\n".join([*lines, "## History", "", "```json", details, "```", ""])


def _loading(record: ModelRecord) -> list[str]:
    blueprint = record.blueprint
    build = (
        f"Blueprint({blueprint.network!r}, {blueprint.class_count}, {blueprint.width_multiplier}, "
        f"{blueprint.feature_width}, None).build()"
    )
    lines = [
        "from safetensors.torch import load_file, load_model",
        "",
        "from pipelines.workspace.model_records import Blueprint  # or build the network yourself",
        "",
        f"network = {build}",
    ]
    if record.row.method == "structured":
        lines += [
            "",
            "from core.vision.rebuilding import resize_like  # its channels are really taken out",
            "",
            f'resize_like(network, load_file("{WEIGHTS}"))',
        ]
    return [*lines, f'load_model(network, "{WEIGHTS}")', "network.eval()"]


def _holding() -> list[str]:
    return [
        "from torch.nn.utils import prune",
        "",
        f'for name, mask in load_file("{MASKS}").items():',
        '    layer, _, parameter = name.rpartition(".")',
        "    prune.custom_from_mask(network.get_submodule(layer), parameter, mask)",
    ]


def _percent(fraction: float | None) -> str:
    return "not measured" if fraction is None else f"{100 * fraction:.2f} %"


def _parser() -> ArgumentParser:
    parser = stage_parser(__doc__ or "", writes=False)
    parser.add_argument("--models", nargs="+", default=[], help="names; all of the study if none")
    parser.add_argument("--output", type=Path, required=True, help="folder for the models' folders")
    return parser


def _export_named(options: Namespace) -> None:
    folders = export_models(open_workspace(options), options.models, options.output)
    size = sum(file.stat().st_size for folder in folders for file in folder.iterdir())
    CONSOLE.print(f"{options.output}: {len(folders)} models, {size / 1e6:.1f} MB.", soft_wrap=True)


def main(arguments: list[str] | None = None) -> int:
    """Parse and export; the exit code."""
    options = _parser().parse_args(arguments)
    return explain_mistakes(lambda: _export_named(options), debug=options.debug)


if __name__ == "__main__":
    sys.exit(main())
