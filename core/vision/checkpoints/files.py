"""Checkpoint files to Python objects, running no code from the file unless told to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch

from core.errors import InputError
from core.vision.torch_files import UNREADABLE

GIT_LFS_POINTER = b"version https://git-lfs"
FOLDER_FILES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "diffusion_pytorch_model.safetensors",
)
HEADER_LENGTH_BYTES = 8  # a safetensors file begins with its JSON header's length
_FOREIGN_CLASS = re.compile(r"GLOBAL ([\w.]+)")


def read_object(path: Path, *, trust_pickle: bool = False) -> Any:
    """What the file holds: tensors by name, or whatever was pickled.

    Args:
        path: written by torch.save (also before torch 1.6) or by safetensors; or the folder that
            `save_pretrained` writes, in one file or several.
        trust_pickle: allow Python objects, whose unpickling can run any code.

    Raises:
        InputError: no file, a Git-LFS pointer, Python objects without trust, or no checkpoint.
    """
    if path.is_dir():
        return _read_folder(path, trust_pickle=trust_pickle)
    if not path.is_file():
        raise InputError(f"expected a checkpoint file {path}, found none")
    with path.open("rb") as file:
        start = file.read(max(len(GIT_LFS_POINTER), HEADER_LENGTH_BYTES + 1))
    if start.startswith(GIT_LFS_POINTER):
        raise InputError(
            f"expected a checkpoint in {path}, found a Git-LFS pointer to one: fetch the file "
            "itself with git lfs pull"
        )
    if path.suffix == ".safetensors" or start[HEADER_LENGTH_BYTES:][:1] == b"{":
        try:
            return safetensors.torch.load_file(path)
        except (safetensors.SafetensorError, *UNREADABLE) as error:
            raise InputError(
                f"expected a safetensors file in {path}, found one that cannot be read: {error}"
            ) from error
    return _read_torch(path, trust_pickle=trust_pickle)


def _read_folder(folder: Path, *, trust_pickle: bool) -> Any:
    """The weights in a folder as transformers and timm write it, the parts of several put together.

    Raises:
        InputError: no such file in it, or an index of parts that is damaged.
    """
    for name in FOLDER_FILES:
        file = folder / name
        if not file.is_file():
            continue
        if file.suffix != ".json":
            return read_object(file, trust_pickle=trust_pickle)
        try:
            parts = sorted(set(json.loads(file.read_text(encoding="utf-8"))["weight_map"].values()))
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise InputError(
                f"expected a weight_map of names and files in {file}, found something else"
            ) from error
        tensors: dict[str, Any] = {}
        for part in parts:
            tensors.update(read_object(folder / Path(part).name, trust_pickle=trust_pickle))
        return tensors
    found = ", ".join(sorted(path.name for path in folder.iterdir())[:5]) or "nothing"
    raise InputError(
        f"expected a checkpoint file, or a folder with one of {', '.join(FOLDER_FILES)}; found the "
        f"folder {folder} with {found}"
    )


def _read_torch(path: Path, *, trust_pickle: bool) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except UNREADABLE as error:
        if not trust_pickle:
            message = str(error)
            found = _FOREIGN_CLASS.search(message)
            if found or "TorchScript" in message:
                raise InputError(
                    f"expected tensors in {path}, found Python objects "
                    f"({found[1] if found else 'TorchScript'}), which can run code when they are "
                    "read: --trust-pickle reads them if you trust where the file is from"
                ) from error
            raise InputError(
                f"expected a checkpoint that torch can read in {path}, found a file that it "
                f"cannot ({type(error).__name__})"
            ) from error
    try:
        return torch.load(path, map_location="cpu", weights_only=False)
    except Exception as error:  # unpickling runs whatever code the file names
        raise InputError(
            f"expected a checkpoint that torch can read in {path}, found a file that it cannot: "
            f"{type(error).__name__}: {error}"
        ) from error
