"""A training run's state after an epoch, on disk: what resuming starts from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.errors import InputError
from core.files import replacing
from core.vision.datasets.image_set import ImageSet
from core.vision.networks.normalisation import Normalisation
from core.vision.recipe import Recipe
from core.vision.torch_files import UNREADABLE


def run_identity(
    *,
    recipe: Recipe,
    precision: str,
    normalisation: Normalisation,
    seed: int,
    train: ImageSet,
    validation: ImageSet,
    masks: Mapping[str, torch.Tensor] | None,
    start: Mapping[str, torch.Tensor],
) -> str:
    """SHA-256 of all that decides the result: settings, images' ids, masks, first weights.

    `precision` is the one that is used, which the recipe may leave to the device.
    """
    digest = hashlib.sha256()
    settings = {
        "recipe": asdict(recipe),
        "precision": precision,
        "normalisation": asdict(normalisation),
        "seed": seed,
    }
    digest.update(json.dumps(settings, sort_keys=True).encode())
    for part in (train, validation):
        digest.update(np.ascontiguousarray(part.sample_ids).tobytes())
        digest.update(np.ascontiguousarray(part.labels).tobytes())
    for tensors in (masks or {}, start):
        for name in sorted(tensors):
            tensor = tensors[name].detach().cpu().contiguous()
            digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
            digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write `state` so that `path` always holds a whole one, whatever interrupts."""
    # as an open file: of the path torch would make the archive's name, which it may refuse
    with replacing(path) as partial, partial.open("wb") as file:
        torch.save(dict(state), file)


def read_state(path: Path, *, identity: str) -> dict[str, Any] | None:
    """The state at `path` if it belongs to the run `identity`; None where there is no file.

    Raises:
        InputError: the file is unreadable or belongs to another run.
    """
    if not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except UNREADABLE as error:
        raise InputError(
            f"expected the state of a training run in {path}, found a file that cannot be read "
            f"({type(error).__name__}): delete it to train from the start"
        ) from error
    found = state.get("identity") if isinstance(state, dict) else None
    if found != identity:
        raise InputError(
            f"expected the state of this training run in {path}, found that of another (its "
            "recipe, precision, seed, images, masks or first weights differ): delete it to train "
            "from the start"
        )
    return dict(state)
