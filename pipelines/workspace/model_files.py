"""Finished models on disk: weights and masks in one file, the record beside it.

`<name>.safetensors` holds the state dict under `weights/` and the masks under
`masks/`; `<name>.json` is its record. The record is written last and holds the hash of
the weights: a model with a record is finished.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from core.files import replacing
from core.store.rows import LayerRow, ModelRow
from core.vision.accounting import account
from core.vision.masks import Masks
from core.vision.plain_layers import make_plain
from core.vision.rebuilding import resize_like
from core.vision.shared_tensors import saved_once
from pipelines.errors import PipelineError
from pipelines.progress import CONSOLE
from pipelines.versions import library_versions
from pipelines.workspace.model_records import (
    Blueprint,
    ModelRecord,
    read_record,
    record_path,
    write_record,
)


def finished(models: Path, name: str, *, fingerprint: str) -> ModelRecord | None:
    """The record of a model made from exactly this, with its weights whole; None otherwise.

    What is damaged is named: it is made again.
    """
    record = read_record(models, name)
    if record is None:
        if record_path(models, name).exists():
            _say_again(record_path(models, name))
        return None
    if record.fingerprint != fingerprint:
        return None
    if not weights_are_whole(models, record):
        _say_again(weights_path(models, name))
        return None
    return record


def weights_are_whole(models: Path, record: ModelRecord) -> bool:
    """Whether a model's weights are there and are those of its record."""
    path = weights_path(models, record.row.name)
    return path.is_file() and file_sha256(path) == record.row.checkpoint_sha256


def _say_again(path: Path) -> None:
    CONSOLE.print(f"{path} is damaged: the model is made again.", soft_wrap=True)


def write_model(
    models: Path,
    *,
    network: nn.Module,
    masks: Masks,
    blueprint: Blueprint,
    fingerprint: str,
    row: ModelRow,
    details: Mapping[str, Any],
    image_size: int,
    dense: nn.Module | None = None,
) -> ModelRecord:
    """Write a finished model: weights first, then the record that makes it finished.

    Args:
        models: folder of a study's models.
        network: the network with its weights, removed ones set to zero. Weights that it computes
            (weight norm and the like) are made plain in it; a tensor of several names is written
            once.
        masks: what is kept of the prunable weights; empty for a dense model.
        blueprint: how to build the network.
        fingerprint: of everything that the weights depend on.
        row: what tells the model's history; what is counted (sparsity, parameters, MACs)
            or hashed is filled in here.
        details: the rest of the history, JSON-able; library versions are added here.
        image_size: side in pixels of what the network will see, for its MACs.
        dense: the network it was cut from, where filters were really removed.
    """
    make_plain(network)
    tensors = {
        **{f"weights/{key}": value for key, value in saved_once(network.state_dict()).items()},
        **{f"masks/{key}": value for key, value in masks.items()},
    }
    path = weights_path(models, row.name)
    with replacing(path) as partial:
        save_file({key: value.cpu().contiguous() for key, value in tensors.items()}, partial)
    example = torch.zeros(1, 3, image_size, image_size, device=next(network.parameters()).device)
    counts = account(network, masks, example, dense=dense)
    row = replace(
        row,
        sparsity=counts.sparsity,
        sparsity_total=counts.sparsity_total,
        parameters=counts.parameters,
        nonzero_parameters=counts.nonzero_parameters,
        macs=counts.macs,
        macs_theoretical=counts.macs_theoretical,
        checkpoint_sha256=file_sha256(path),
        details=json.dumps({**details, "versions": library_versions()}),
    )
    layers = tuple(
        LayerRow(layer.name, layer.kind, layer.weights, layer.kept, layer.emptied)
        for layer in counts.layers
    )
    record = ModelRecord(fingerprint, row, layers, blueprint)
    write_record(models, record)
    return record


def load_network(models: Path, record: ModelRecord) -> tuple[nn.Module, Masks]:
    """Build a finished model's network, cut it to its size, load its weights; also its masks.

    Raises:
        PipelineError: the weights file is not whole.
    """
    path = weights_path(models, record.row.name)
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise PipelineError(f"{path}: expected a whole weights file, found: {error}.") from error
    network = record.blueprint.build()
    make_plain(network)
    resize_like(network, _part(tensors, "weights/"))
    return network.eval(), _part(tensors, "masks/")


def _part(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {
        key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)
    }


def weights_path(models: Path, name: str) -> Path:
    """Where the weights of a model lie."""
    return models / f"{name}.safetensors"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        PipelineError: there is none.
    """
    if not path.is_file():
        raise PipelineError(f"{path}: expected a file, found none.")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
