"""Whole arrays of a file, of the kind and shape that is expected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.external.array_files import ArrayFile, Values, reading
from pipelines.workspace.samples import Rows


def require(path: Path, file: ArrayFile, *names: str) -> None:
    """Whether all these arrays are there.

    Raises:
        PipelineError: one is missing; what is there is listed.
    """
    missing = [name for name in names if name not in file.names]
    if missing:
        raise PipelineError(
            f"{path}: expected {' and '.join(names)}, found "
            f"{', '.join(sorted(file.names)) or 'nothing'}."
        )


def _whole(path: Path, file: ArrayFile, name: str) -> Values:
    with reading(path):
        shape = file.shape(name)
        if not shape:
            raise PipelineError(f"{path}: expected {name} as an array, found a single number.")
        pieces = list(file.chunks(name, max(1, shape[0])))
    return np.concatenate(pieces) if pieces else np.zeros(shape)


def floats(path: Path, file: ArrayFile, name: str) -> NDArray[np.float64]:
    """A whole array of finite floating-point numbers.

    Raises:
        PipelineError: other numbers.
    """
    values = _whole(path, file, name)
    if values.dtype.kind != "f" or not np.isfinite(values).all():
        kind = values.dtype if values.dtype.kind != "f" else "NaN or infinity"
        raise PipelineError(f"{path}: expected finite floating-point {name}, found {kind}.")
    return values.astype(np.float64)


def integers(path: Path, file: ArrayFile, name: str, count: int) -> Rows:
    """A whole array of `count` integers.

    Raises:
        PipelineError: other numbers, or another shape.
    """
    values = _whole(path, file, name)
    if values.dtype.kind not in "iu":
        raise PipelineError(f"{path}: expected integers in {name}, found {values.dtype}.")
    if values.shape != (count,):
        raise PipelineError(
            f"{path}: expected {name} of shape ({count},), one for each row of features, found "
            f"{values.shape}."
        )
    return values.astype(np.int64)
